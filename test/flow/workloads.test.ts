/** Two Posterns: a client of one is a workload, and so a client, of the other. */
import * as openid from 'openid-client';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { admin } from '../support/admin.ts';
import { type SecondServer, secondServer } from '../support/second-server.ts';
import { User } from '../support/user.ts';

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

type Made = { client_id: string; client_secret: string };

let issuer: SecondServer;
let atIssuer: Made;
let here: Made;

beforeAll(async () => {
  const { url } = inject('worker');
  issuer = await secondServer();
  await admin('settings', 'set', 'scopes_supported', 'notes Your notes\\nreports Reports');
  for (const [resource, scope] of [
    [url, 'reports'],
    [`${url}/mcp`, 'tools'],
  ] as const)
    await issuer.admin('resources', 'put', resource, '--name', 'A', '--resource-scope', `${scope} ${scope}`);
  const own = ['--grant-type', 'client_credentials', '--scope', 'reports tools openid'];
  atIssuer = await issuer.admin<Made>('clients', 'create', '--name', 'Agent', ...own);
  const workload = JSON.stringify({ issuer: issuer.url, subjects: [atIssuer.client_id] });
  const keys = ['--auth-method', 'private_key_jwt', '--jwks-uri', `${issuer.url}/.well-known/jwks.json`];
  const grant = ['--grant-type', JWT_BEARER, '--scope', 'notes reports', '--workload', workload];
  here = await admin<Made>('clients', 'create', '--name', 'Agent of the other server', ...keys, ...grant);
});

const configure = (url: string, client_id: string, authentication: openid.ClientAuth) =>
  openid.discovery(new URL(url), client_id, undefined, authentication, { execute: [openid.allowInsecureRequests] });

/** The access token of the client at the other server. */
async function tokenThere(parameters: Record<string, string>): Promise<string> {
  const there = await configure(issuer.url, atIssuer.client_id, openid.ClientSecretBasic(atIssuer.client_secret));
  return (await openid.clientCredentialsGrant(there, parameters)).access_token;
}

const claimsOf = (jwt: string) => JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString());

describe('RFC 7523 §2.1 two Posterns', () => {
  it('an access token that one issued to its client, for the other, is the grant of a client there', async () => {
    const { url } = inject('worker');
    const assertion = await tokenThere({ resource: url });
    // The library identifies the client by client_id, and has no credential for this server.
    const client = await configure(url, here.client_id, openid.None());
    const tokens = await openid.genericGrantRequest(client, JWT_BEARER, { assertion, scope: 'notes reports' });
    // The scopes of the other server's resource are a bound.
    expect([tokens.scope, tokens.refresh_token]).toEqual(['reports', undefined]);
    expect(claimsOf(tokens.access_token)).toMatchObject({ iss: url, aud: url, sub: here.client_id });
  });

  it('without client_id, as MCP clients without a user send it, the client is found by issuer and subject', async () => {
    const { url } = inject('worker');
    const response = await fetch(`${url}/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: JWT_BEARER, assertion: await tokenThere({ resource: url }) }),
    });
    const { access_token } = (await response.json()) as { access_token: string };
    expect([response.status, claimsOf(access_token).client_id]).toEqual([200, here.client_id]);
  });

  it('a token of the same client for an API, or for the other server itself, is refused', async () => {
    const { url } = inject('worker');
    const client = await configure(url, here.client_id, openid.None());
    const others = [
      await tokenThere({ resource: `${url}/mcp`, scope: 'tools' }),
      await tokenThere({ resource: issuer.url }),
    ];
    for (const assertion of others) {
      const used = openid.genericGrantRequest(client, JWT_BEARER, { assertion });
      await expect(used).rejects.toMatchObject({ error: 'invalid_grant' });
    }
  });

  it('the token of a user of the other server, for this one, is no grant', async () => {
    const { url } = inject('worker');
    const { email, password } = issuer.administrator;
    await new User(fetch, issuer.url).signIn(email, password);
    const actsAs = ['--grant-type', 'client_credentials', '--acts-as', email];
    const acting = await issuer.admin<Made>('clients', 'create', '--name', 'Acting', ...actsAs, '--scope', 'reports');
    const there = await configure(issuer.url, acting.client_id, openid.ClientSecretBasic(acting.client_secret));
    const { access_token } = await openid.clientCredentialsGrant(there, { resource: url });
    const workload = JSON.stringify({ issuer: issuer.url, subjects: [claimsOf(access_token).sub] });
    await admin('clients', 'change', here.client_id, '--workload', workload);
    const client = await configure(url, here.client_id, openid.None());
    const used = openid.genericGrantRequest(client, JWT_BEARER, { assertion: access_token });
    await expect(used).rejects.toMatchObject({ error: 'invalid_grant' });
  });
});
