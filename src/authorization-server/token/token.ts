/** POST /token: the token endpoint (RFC 6749 §3.2). */
import type { Context } from 'hono';
import type { Web } from '../../http/context.ts';
import { readProofOfPossession, setNonceHeader } from '../../http/dpop.ts';
import type { Parameters } from '../../http/parameters.ts';
import {
  AUTHORIZATION_CODE,
  CLIENT_CREDENTIALS,
  DEVICE_CODE,
  GRANT_TYPES,
  type GrantType,
  JWT_BEARER,
  REFRESH_TOKEN,
  TOKEN_EXCHANGE,
} from '../../protocol/grant-type.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { touchClient } from '../../storage/clients/client-use.ts';
import type { GrantAuthentication } from '../clients/authenticate/index.ts';
import type { AuthenticatedClient } from '../clients/authenticate/method.ts';
import { checkGrantType } from '../clients/client.ts';
import { authorizationCode } from './grants/authorization-code.ts';
import { clientCredentials } from './grants/client-credentials.ts';
import type { GrantHandler } from './grants/grant-handler.ts';
import { refreshToken } from './grants/refresh-token.ts';
import type { TokenResponse } from './issue.ts';

/** The handler of each grant type of `protocol/grant-type.ts`; the less frequent ones are loaded when they are first used. */
const HANDLERS: Readonly<Record<GrantType, GrantHandler>> = {
  [AUTHORIZATION_CODE]: authorizationCode,
  [REFRESH_TOKEN]: refreshToken,
  [CLIENT_CREDENTIALS]: clientCredentials,
  [DEVICE_CODE]: async (...parameters) => (await import('./grants/device-code.ts')).deviceCode(...parameters),
  [TOKEN_EXCHANGE]: async (...parameters) => (await import('./grants/token-exchange.ts')).tokenExchange(...parameters),
  [JWT_BEARER]: async (...parameters) => (await import('./grants/jwt-bearer.ts')).jwtBearer(...parameters),
};

/** A JWT bearer grant without client authentication: the assertion is of the client's workload (RFC 7523 §3.1). */
export const clientOfGrant: GrantAuthentication = async (deps, form) => {
  const assertion = form.one('grant_type') === JWT_BEARER ? form.one('assertion') : undefined;
  if (assertion === undefined) return undefined;
  return (await import('./grants/workload-assertion.ts')).authenticateWorkload(deps, form, assertion);
};

/** @throws OAuthError unauthorized_client, unsupported_grant_type, or what the grant type throws. */
export async function issueToken(
  c: Context<Web>,
  authenticated: AuthenticatedClient,
  form: Parameters,
): Promise<TokenResponse> {
  const deps = c.get('deps');
  const grantType = form.required('grant_type');
  if (!isGrantType(grantType)) {
    const supported = GRANT_TYPES.map((known) => known.grantType).join(', ');
    throw new OAuthError('unsupported_grant_type', `grant_type must be one of: ${supported}.`);
  }
  c.get('logFields').grant_type = grantType;
  checkGrantType(authenticated.client, grantType);
  const response = await HANDLERS[grantType](deps, await withDpopKey(c, authenticated), form);
  deps.waitUntil('touch client', touchClient(deps.databases, authenticated.client, deps.moment.now));
  return response;
}

const isGrantType = (name: string): name is GrantType => Object.hasOwn(HANDLERS, name);

/** Adds the thumbprint of the DPoP proof, if any. @throws OAuthError invalid_dpop_proof */
async function withDpopKey(c: Context<Web>, authenticated: AuthenticatedClient): Promise<AuthenticatedClient> {
  const possession = await readProofOfPossession(c);
  if (possession) {
    return {
      ...authenticated,
      thumbprint: possession.thumbprint,
      singleUses: [...authenticated.singleUses, possession.singleUse],
    };
  }
  // RFC 9449 §5.2: the authorization server MUST reject token requests from the client that do not contain the DPoP header.
  if (authenticated.client.metadata.dpop_bound_access_tokens) {
    setNonceHeader(c);
    throw new OAuthError('invalid_dpop_proof', 'this client must send a DPoP proof with each token request.');
  }
  return authenticated;
}
