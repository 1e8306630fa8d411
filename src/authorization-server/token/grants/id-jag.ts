/**
 * Issuing of ID-JAGs (draft-ietf-oauth-identity-assertion-authz-grant §4.3): in exchange for an id_token of its user, a
 * client gets an identity assertion for another authorization server, within the targets that an administrator set.
 */
import * as z from 'zod/mini';
import { InvalidJwt, signJwt, verifyJwt } from '../../../crypto/jwt.ts';
import { randomText } from '../../../crypto/random.ts';
import type { Deps } from '../../../http/context.ts';
import type { Parameters } from '../../../http/parameters.ts';
import { canonicalResource, isSameResource } from '../../../protocol/canonical-resource.ts';
import { parseUserId, type UserId } from '../../../protocol/credentials.ts';
import type { IdJagTarget } from '../../../protocol/id-jag-targets.ts';
import { ID_JAG_LIFETIME, SECOND } from '../../../protocol/lifetimes.ts';
import { OAuthError } from '../../../protocol/oauth-error.ts';
import { parseScope } from '../../../protocol/scope.ts';
import { ID_JAG_TOKEN_TYPE, ID_JAG_TYP } from '../../../protocol/token-type.ts';
import { latestAuthorization, recordIdentityAssertion } from '../../../storage/grants/identity-assertions.ts';
import { findUser, isSubjectAllowed, type User } from '../../../storage/users/users.ts';
import type { AuthenticatedClient } from '../../clients/authenticate/method.ts';
import { type Client, isUserAllowed } from '../../clients/client.ts';
import { latestEnabledClient } from '../../use-approval.ts';
import type { TokenResponse } from '../issue.ts';

const ID_TOKEN = 'urn:ietf:params:oauth:token-type:id_token';

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
  if (form.required('subject_token_type') !== ID_TOKEN)
    throw invalidRequest(`subject_token_type must be ${ID_TOKEN} for an ID-JAG.`);
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

type RequestedAccess = {
  audience: string;
  target: IdJagTarget;
  resource: string | undefined;
  /** Undefined where neither the request nor the target names any. */
  scopes: string[] | undefined;
};

/** The requested audience, resource and scopes, within the targets of the client. */
function requestedAccess(client: Client, form: Parameters): RequestedAccess {
  const [wanted, ...others] = form.all('audience');
  if (wanted === undefined || others.length > 0)
    throw invalidRequest('audience must be the issuer of one authorization server.');
  const found = Object.entries(client.idJag ?? {}).find(([issuer]) => isSameResource(issuer, wanted));
  if (!found) throw new OAuthError('invalid_target', 'this client may not get an ID-JAG for that audience.');
  const [audience, target] = found;
  const resource = resourceWithin(target, form.all('resource'));
  return { audience, target, resource, scopes: scopesWithin(target, form.one('scope')) };
}

/** The requested resource, as the target names it. @throws OAuthError invalid_target */
function resourceWithin({ resources: allowed }: IdJagTarget, requested: readonly string[]): string | undefined {
  const [resource, ...more] = requested;
  if (more.length > 0) throw new OAuthError('invalid_target', 'name one resource for one ID-JAG.');
  if (resource === undefined) return undefined;
  const known = allowed.find((one) => isSameResource(one, resource));
  if (known !== undefined) return known;
  if (allowed.length > 0 || canonicalResource(resource) === undefined)
    throw new OAuthError('invalid_target', 'this client may not get an ID-JAG for that resource.');
  return resource;
}

/** The requested scopes that the target allows; all of them where the request names none. @throws OAuthError invalid_scope */
function scopesWithin({ scopes: allowed }: IdJagTarget, requested: string | undefined): string[] | undefined {
  const names = requested === undefined ? undefined : parseScope(requested);
  if (allowed.length === 0) return names;
  const within = names ? names.filter((name) => allowed.includes(name)) : allowed;
  if (within.length === 0) throw new OAuthError('invalid_scope', 'this client may request none of these scopes there.');
  return within;
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
