/** Sending somebody to a provider: PKCE, `state`, `nonce`, and whom the answer must come from (RFC 9700 §2.1). */
import * as oauth from 'oauth4webapi';
import * as z from 'zod';
import { newProofKey, ProofKey } from '../crypto/proof-key.ts';
import { randomText } from '../crypto/random.ts';
import { FLOW } from '../protocol/lifetimes.ts';
import { clientOf, guarded, hostOf, type Party, type PartyDeps } from './party.ts';
import { thumbprintOf } from './proofs.ts';
import { asProviderFailure, ProviderFailure } from './provider-failure.ts';

/** What the browser keeps, sealed, until it comes back. */
export const Flow = z.object({
  /** What it is for: `connect <app>`, or `sign in <provider>`. */
  purpose: z.string(),
  state: z.string(),
  verifier: z.string(),
  nonce: z.string(),
  /** What its tokens will be bound to (RFC 9449). */
  proofKey: ProofKey.optional(),
  /** RFC 9207 §2.4: the issuer that the request was sent to. */
  issuer: z.string(),
  scopes: z.array(z.string()),
  /** Who began it, where somebody must be signed in. */
  person: z.string().optional(),
  /** Whether the person must sign in there now, although they may have done so before. */
  fresh: z.boolean().optional(),
  /** Where to go on afterwards. */
  goOn: z.string(),
  until: z.number(),
});
export type Flow = z.infer<typeof Flow>;

/** An address to which PAR is preferred: some servers and proxies cut what is longer. */
const LONG_ADDRESS = 2000;

/**
 * The address to send the browser to, and what it must bring back.
 * @throws ProviderFailure where the server cannot do this flow.
 */
export async function begin(
  deps: PartyDeps,
  party: Party,
  asked: Pick<Flow, 'purpose' | 'scopes' | 'person' | 'fresh' | 'goOn'>,
): Promise<{ url: string; flow: Flow }> {
  const { server } = party;
  checkServer(party);
  const flow: Flow = {
    ...asked,
    state: randomText(43),
    verifier: randomText(64),
    nonce: randomText(22),
    ...(party.usesDpop && { proofKey: await newProofKey() }),
    issuer: server.issuer,
    until: deps.moment.now + FLOW,
  };
  const parameters = new URLSearchParams({ ...party.query, ...(await parametersOf(party, flow)) });
  const url = new URL(server.authorization_endpoint ?? '');
  const isLong = url.href.length + parameters.toString().length > LONG_ADDRESS;
  const push = server.require_pushed_authorization_requests || isLong;
  const query = push ? await pushed(deps, party, parameters) : parameters;
  for (const [name, value] of query) url.searchParams.set(name, value);
  return { url: url.href, flow };
}

function checkServer({ server, provider }: Party): void {
  const host = new URL(server.issuer).host;
  const methods = server.code_challenge_methods_supported;
  // MCP: If code_challenge_methods_supported is absent, the authorization server does not support PKCE and MCP clients
  // MUST refuse to proceed. One that lists methods without S256 is refused in any case.
  if (methods ? !methods.includes('S256') : provider.demandsPkce)
    throw new ProviderFailure(
      'unusable',
      `${host} does not support PKCE with S256, without which nobody is sent there`,
    );
  if (!server.authorization_endpoint || !server.token_endpoint)
    throw new ProviderFailure('unusable', `${host} names no authorization or no token endpoint`);
}

async function parametersOf(party: Party, flow: Flow): Promise<Record<string, string>> {
  const scope = flow.scopes.join(' ');
  return {
    response_type: 'code',
    client_id: party.clientId,
    redirect_uri: party.redirectUri,
    state: flow.state,
    code_challenge: await oauth.calculatePKCECodeChallenge(flow.verifier),
    code_challenge_method: 'S256',
    ...(scope && { [party.provider.scopeParameter ?? 'scope']: scope }),
    // OpenID Connect Core §3.1.2.1: it comes back in the id_token.
    ...(flow.scopes.includes('openid') && { nonce: flow.nonce }),
    // RFC 9449 §10: the code is good only with a proof by this key.
    ...(flow.proofKey && { dpop_jkt: await thumbprintOf(flow.proofKey) }),
    ...(party.resource !== undefined && { resource: party.resource }),
  };
}

/** RFC 9126: the request goes from server to server, and the browser carries a reference to it. */
async function pushed(deps: PartyDeps, party: Party, parameters: URLSearchParams): Promise<URLSearchParams> {
  const { server, authenticate } = party;
  if (!server.pushed_authorization_request_endpoint) return parameters;
  try {
    const response = await oauth.pushedAuthorizationRequest(
      server,
      clientOf(party),
      authenticate,
      parameters,
      guarded(deps),
    );
    const { request_uri } = await oauth.processPushedAuthorizationResponse(server, clientOf(party), response);
    return new URLSearchParams({ client_id: party.clientId, request_uri });
  } catch (error) {
    throw asProviderFailure(hostOf(party), error);
  }
}
