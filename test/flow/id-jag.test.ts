/** Enterprise-managed authorization between two Posterns: one signs the user in, the other trusts its assertions. */
import * as openid from 'openid-client';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { admin } from '../support/admin.ts';
import { authorizeUrlOf, VERIFIER } from '../support/authorize-url.ts';
import { type SecondServer, secondServer } from '../support/second-server.ts';
import { User } from '../support/user.ts';

const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const ID_JAG = 'urn:ietf:params:oauth:token-type:id-jag';
const REDIRECT_URI = 'http://127.0.0.1:1/callback';

type Made = { client_id: string; client_secret: string };

let provider: SecondServer;

beforeAll(async () => {
  provider = await secondServer();
});

const configure = (url: string, { client_id, client_secret }: Made) =>
  openid.discovery(new URL(url), client_id, undefined, openid.ClientSecretBasic(client_secret), {
    execute: [openid.allowInsecureRequests],
  });

/** The user signs in at the identity provider, for the client. @returns the id_token. */
async function signIn(client: Made): Promise<string> {
  const { pathname, search } = new URL(authorizeUrlOf(client.client_id, REDIRECT_URI));
  const back = await new User(fetch, provider.url).authorise(pathname + search, provider.administrator);
  const tokens = await fetch(`${provider.url}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${client.client_id}:${client.client_secret}`)}` },
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code: back.searchParams.get('code') ?? '',
      redirect_uri: REDIRECT_URI,
      code_verifier: VERIFIER,
    }),
  });
  return ((await tokens.json()) as { id_token: string }).id_token;
}

describe('ID-JAG §4 two Posterns', () => {
  it('a user of one is a user of the other, for a client of both, without a consent page there', async () => {
    const api = inject('worker').url;
    await admin('settings', 'set', 'scopes_supported', 'notes Your notes\\nreports Reports');
    const atApi = await admin<Made>('clients', 'create', '--name', 'Wiki at the API', '--grant-type', JWT_BEARER);
    const targets = { [api]: { client_id: atApi.client_id, scopes: ['reports'] } };
    const wiki = ['--name', 'Wiki', '--redirect-uri', REDIRECT_URI, '--id-jag', JSON.stringify(targets)];
    const grantTypes = ['--grant-type', 'authorization_code', '--grant-type', EXCHANGE];
    const atProvider = await provider.admin<Made>('clients', 'create', ...wiki, ...grantTypes);
    await admin('issuers', 'put', provider.url, '--jwks-uri', `${provider.url}/.well-known/jwks.json`);
    const idToken = await signIn(atProvider);
    const claims = JSON.parse(Buffer.from(idToken.split('.')[1] ?? '', 'base64url').toString());
    await admin('issuers', 'link', provider.url, claims.sub, inject('worker').email);

    const wikiAtProvider = await configure(provider.url, atProvider);
    const exchanged = await openid.genericGrantRequest(wikiAtProvider, EXCHANGE, {
      requested_token_type: ID_JAG,
      subject_token: idToken,
      subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
      audience: api,
      scope: 'reports notes',
    });
    expect([exchanged.issued_token_type, exchanged.scope]).toEqual([ID_JAG, 'reports']);

    const wikiAtApi = await configure(api, atApi);
    const assertion = exchanged.access_token;
    const tokens = await openid.genericGrantRequest(wikiAtApi, JWT_BEARER, { assertion });
    expect(tokens.scope).toBe('reports');
    const { active, client_id } = await openid.tokenIntrospection(wikiAtApi, tokens.access_token);
    expect([active, client_id]).toEqual([true, atApi.client_id]);
    // An assertion is single-use.
    await expect(openid.genericGrantRequest(wikiAtApi, JWT_BEARER, { assertion })).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    await admin('issuers', 'delete', provider.url);
  });
});
