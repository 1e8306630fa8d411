/** A provider that was not written here, on this machine: `oidc-provider`, whose pages agree to everything. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import Provider from 'oidc-provider';

export type ProviderClient = Record<string, unknown> & { client_id: string };

export type RunningProvider = {
  issuer: string;
  /** The requests to its token endpoint, by grant type. */
  grants: string[];
  /** The requested paths. */
  paths: string[];
  /** Ends what the user there allowed, as if they had taken it back. */
  endGrants: () => Promise<void>;
  close: () => Promise<void>;
};

/** @param configuration of `oidc-provider`, beside what is set here. */
export async function startProvider(configuration: Record<string, unknown>): Promise<RunningProvider> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const key = { ...(await exportJWK(privateKey)), kid: 'far', alg: 'RS256', use: 'sig' };
  let answer: (request: IncomingMessage, response: ServerResponse) => void = () => undefined;
  const given: string[] = [];
  const running: RunningProvider = {
    issuer: '',
    grants: [],
    paths: [],
    close: async () => undefined,
    endGrants: async () => undefined,
  };
  const server = createServer((request, response) => answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  running.issuer = `http://localhost:${(server.address() as AddressInfo).port}`;
  const { features, ...rest } = configuration as { features?: object };
  const provider = new Provider(running.issuer, {
    jwks: { keys: [key] },
    cookies: { keys: ['not a secret'] },
    pkce: { required: () => true },
    conformIdTokenClaims: false,
    scopes: ['openid', 'email', 'offline_access', 'files'],
    claims: { openid: ['sub'], email: ['email', 'email_verified'] },
    findAccount: (_: unknown, id: string) => ({
      accountId: id,
      claims: () => ({ sub: id, email: `${id}@far.example`, email_verified: true }),
    }),
    issueRefreshToken: async () => true,
    features: { devInteractions: { enabled: false }, revocation: { enabled: true }, ...features },
    ...rest,
  });
  provider.on('grant.success', (ctx) => running.grants.push(String(ctx.oidc.params?.grant_type)));
  const callback = provider.callback();
  answer = (request, response) => {
    running.paths.push((request.url ?? '').split('?')[0] ?? '');
    if (request.url?.startsWith('/interaction/'))
      agree(provider, given, request, response).catch((error) => fail(response, error));
    else callback(request, response);
  };
  running.endGrants = async () => {
    for (const id of given) await provider.Grant.adapter.destroy(id);
  };
  running.close = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(() => resolve()));
  };
  return running;
}

const fail = (response: ServerResponse, error: Error) => void response.writeHead(500).end(error.stack);

/** Alice signs in and allows whatever is asked; the grant's id goes to `given`. */
async function agree(
  provider: Provider,
  given: string[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { prompt, params, session, grantId } = await provider.interactionDetails(request, response);
  if (prompt.name === 'login') {
    return provider.interactionFinished(request, response, { login: { accountId: 'alice' } });
  }
  const known = grantId ? await provider.Grant.find(grantId) : undefined;
  const grant = known ?? new provider.Grant({ accountId: session?.accountId, clientId: params.client_id });
  grant.addOIDCScope(String(params.scope ?? ''));
  const id = await grant.save();
  given.push(id);
  const result = { consent: { grantId: id } };
  return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: true });
}
