/**
 * Issuing of ID-JAGs (draft-ietf-oauth-identity-assertion-authz-grant §4.3): in exchange for an id_token of its user, a
 * client gets an identity assertion for another authorization server, within the targets that an administrator set.
 */
import * as z from 'zod/mini';
import { InvalidJwt } from '../../../crypto/invalid-jwt.ts';
import { signJwt, verifyJwt } from '../../../crypto/jwt.ts';
import { randomText } from '../../../crypto/random.ts';
import type { Deps } from '../../../http/context.ts';
import type { Parameters } from '../../../http/parameters.ts';
import { parseUserId, type UserId } from '../../../protocol/credentials.ts';
import { ID_JAG_LIFETIME, SECOND } from '../../../protocol/lifetimes.ts';
import { OAuthError } from '../../../protocol/oauth-error.ts';
import { ID_JAG_TOKEN_TYPE, ID_JAG_TYP, ID_TOKEN_TYPE } from '../../../protocol/token-type.ts';
import { latestAuthorization, recordIdentityAssertion } from '../../../storage/grants/identity-assertions.ts';
import { findUser, isSubjectAllowed, type User } from '../../../storage/users/users.ts';
import type { AuthenticatedClient } from '../../clients/authenticate/method.ts';
import { type Client, isUserAllowed } from '../../clients/client.ts';
import { latestEnabledClient } from '../../use-approval.ts';
import type { TokenResponse } from '../issue.ts';
import { requestedAccess } from './id-jag-request.ts';

const IdTokenClaims = z.object({
  sub: z.string(),
  aud: z.string(),
  auth_time: z.optional(z.number()),
  amr: z.optional(z.array(z.string())),
  acr: z.optional(z.string()),
  email: z.optional(z.string()),
});
type SubjectIdentity = z.infer<typeof IdTokenClaims> & { userId: UserId };

/** Issues an ID-JAG. @throws OAuthError invalid_request, invalid_target, invalid_scope, unauthorized_client. */
export async function issueIdJag(deps: Deps, caller: AuthenticatedClient, form: Parameters): Promise<TokenResponse> {
  const { databases, moment } = deps;
  if (form.one('actor_token') !== undefined || form.one('actor_token_type') !== undefined)
    throw invalidRequest('actor_token is not used for an ID-JAG.');
  const identity = await verifyIdToken(deps, caller.client, form);
  const { client, user, authorizedAt } = await readAuthorization(deps, caller.client.id, identity.userId);
  const { audience, resource, scopes, target } = requestedAccess(client, form);
  const id = randomText(16);
  const issued = { id, userId: user.id, clientId: client.id, authorizedAt, audience, scopes: scopes ?? [] };
  if (!(await recordIdentityAssertion(databases, moment, issued, caller.singleUses))) throw endedIdentity();
  return answerWith(deps, {
    ...describeUser(identity, user),
    jti: id,
    aud: audience,
    // The target knows the client by an ID of its own.
    client_id: target.client_id ?? client.id,
    ...(resource !== undefined && { resource }),
    ...(scopes && { scope: scopes.join(' ') }),
    ...(caller.thumbprint !== undefined && { cnf: { jkt: caller.thumbprint } }),
  });
}

/** The client and the user as they are now, and the authorization that the assertion rests on. @throws OAuthError invalid_request */
async function readAuthorization(deps: Deps, clientId: string, userId: UserId) {
  const { databases, moment } = deps;
  // The targets of a cached client may have been narrowed.
  const [client, user, authorizedAt] = await Promise.all([
    latestEnabledClient(deps, clientId),
    findUser(databases, userId),
    latestAuthorization(databases, { userId, clientId }, moment.now, await deps.settings()),
  ]);
  if (!user || !isSubjectAllowed(user) || !isUserAllowed(client, user) || authorizedAt === undefined)
    throw endedIdentity();
  return { client, user, authorizedAt };
}

const invalidRequest = (description: string, cause?: unknown) =>
  new OAuthError('invalid_request', description, { cause });

const endedIdentity = () =>
  invalidRequest(
    'the user of subject_token is disabled or signed out, or withdrew the consent: they must sign in again.',
  );

/** Verifies the id_token: of this server, not expired, and issued to this client. @throws OAuthError invalid_request */
async function verifyIdToken({ config, moment }: Deps, client: Client, form: Parameters): Promise<SubjectIdentity> {
  if (form.required('subject_token_type') !== ID_TOKEN_TYPE)
    throw invalidRequest(`subject_token_type must be ${ID_TOKEN_TYPE} for an ID-JAG.`);
  const token = form.required('subject_token');
  const expected = { typ: 'JWT', issuer: config.issuer, now: moment.now };
  try {
    const claims = IdTokenClaims.safeParse(await verifyJwt(token, config.signingKeys, expected));
    const userId = claims.success ? parseUserId(claims.data.sub) : undefined;
    // §4.3.1: the audience of the Subject Token MUST match the client_id of the client authentication.
    if (!claims.success || !userId || claims.data.aud !== client.id) throw new InvalidJwt('not of this client');
    return { ...claims.data, userId };
  } catch (cause) {
    if (!(cause instanceof InvalidJwt)) throw cause;
    throw invalidRequest('subject_token is not a valid id_token that this server issued to this client.', cause);
  }
}

/** The claims about the user: the authentication of the id_token, and the address as it is now, where that had one. */
const describeUser = ({ auth_time, amr, acr, email }: SubjectIdentity, user: User) => ({
  sub: user.id,
  ...(auth_time !== undefined && { auth_time }),
  ...(amr && { amr }),
  ...(acr !== undefined && { acr }),
  ...(email !== undefined && { email: user.email, email_verified: user.emailVerifiedAt !== null }),
});

/** Signs the claims. The answer of token exchange (RFC 8693 §2.2.1): N_A, as it is no access token. */
async function answerWith(
  { config, moment }: Pick<Deps, 'config' | 'moment'>,
  claims: Record<string, unknown> & { scope?: string },
): Promise<TokenResponse> {
  const [signer] = config.signers;
  if (!signer) throw new Error('no signing key');
  const iat = Math.floor(moment.now / SECOND);
  const lifetime = ID_JAG_LIFETIME / SECOND;
  const access_token = await signJwt(signer, ID_JAG_TYP, { ...claims, iss: config.issuer, iat, exp: iat + lifetime });
  return {
    issued_token_type: ID_JAG_TOKEN_TYPE,
    access_token,
    token_type: 'N_A',
    expires_in: lifetime,
    scope: claims.scope ?? '',
  };
}
