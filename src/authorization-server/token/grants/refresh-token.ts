/** `refresh_token` (RFC 6749 §6): rotation with reuse detection (RFC 9700 §4.14.2). */
import type { Deps } from '../../../http/context.ts';
import type { Parameters } from '../../../http/parameters.ts';
import { newTokenId, shardOf } from '../../../protocol/credentials.ts';
import { MINUTE } from '../../../protocol/lifetimes.ts';
import { invalidGrant, OAuthError } from '../../../protocol/oauth-error.ts';
import type { ResourceRegistry } from '../../../protocol/resource.ts';
import { filterScopes, noScopeLeft, parseScope } from '../../../protocol/scope.ts';
import { OPENID_SCOPE } from '../../../protocol/scope-names.ts';
import type { Settings } from '../../../protocol/settings.ts';
import { parseRefreshToken, type RefreshTokenContent, refreshTokenBody } from '../../../protocol/token-format.ts';
import { readGrantAmr } from '../../../storage/grants/grants.ts';
import type { RefreshAttempt } from '../../../storage/grants/refresh-attempt.ts';
import { type RefreshOutcome, refreshGrant } from '../../../storage/grants/refresh-grant.ts';
import { findUser } from '../../../storage/users/users.ts';
import type { AuthenticatedClient } from '../../clients/authenticate/method.ts';
import type { Client } from '../../clients/client.ts';
import { parseResources, type ScopeRegistry, targetResource, tokenMinutesFor, withRegistry } from '../../resources.ts';
import { latestEnabledClient } from '../../use-approval.ts';
import { filterAllowedScopes, requireFactorOfApproval, scopesAllowedAnywhere } from '../../validate-approval.ts';
import { issueTokens } from '../issue.ts';
import type { GrantHandler } from './grant-handler.ts';

export const refreshToken: GrantHandler = async (deps, caller, form) => {
  const presented = openRefreshToken(deps, form.required('refresh_token'));
  const [settings, narrowed] = await Promise.all([
    deps.settings(),
    withRegistry(deps, (known) => parseNarrowing(form, deps.config.issuer, known)),
  ]);
  await requireFactorOfGrant(deps, caller.client, presented, settings);
  const token = newTokenId(shardOf(presented.grant));
  const { singleUses } = caller;
  const attributesOf = mayNeedUser(caller.client, presented, narrowed.scopes) ? presented.userId : undefined;
  const attempt = async (registry: ResourceRegistry, client: Client) => {
    const conditions = refreshConditions(deps, { ...caller, client }, narrowed, settings, registry);
    const request = { ...conditions, ...presented, ...narrowed, token, singleUses, attributesOf };
    return { registry, client, ...(await refreshGrant(deps.databases, deps.moment, request, settings)) };
  };
  const cached = await attempt(await deps.registry(), caller.client);
  // The cached state may be stale: a refusal is based on the primary. Nothing was rotated.
  const { outcome, user, registry, client } = RETRY_ON_PRIMARY.includes(cached.outcome.is)
    ? await attempt(await deps.latestRegistry(), await latestEnabledClient(deps, caller.client.id))
    : cached;
  if (outcome.is !== 'refreshed') throw refreshError(outcome.is);
  const { grant, generation } = outcome;
  // The same registry as in the statement: no refusal is possible from here on.
  const { issuer } = deps.config;
  const resource = targetResource(narrowed.resource, grant.resources, issuer, registry);
  const at = { issuer, registry, settings };
  const within = filterAllowedScopes(client, grant.scopes, [resource], at);
  const scopes = filterScopes(form.one('scope'), { within, omitted: within, noneLeft: 'refused' });
  // Refresh Token and Authorization Expiration: access tokens MUST NOT expire later than the user authorization expires.
  const expiresAt = Math.min(deps.moment.now + tokenMinutesFor(resource, at) * MINUTE, grant.expiresAt);
  const issued = { id: token, scopes, resource, expiresAt };
  // OpenID Connect Core §12.2: its auth_time MUST represent the time of the original authentication; it SHOULD NOT have
  // a nonce.
  const authentication = { ...grant, nonce: undefined, acr: grant.acr ?? undefined };
  const { id, userId: sub } = grant;
  const refresh = { ...presented, generation, idleSince: grant.rotatedAt, until: grant.refreshableUntil };
  return issueTokens(deps, caller, { token: issued, grant: id, refresh, sub, authentication, user });
};

/**
 * Refuses a grant that was approved without the second factor that the client, or a role of the user, requires since. It
 * costs a round, where one is required at all; nothing is rotated, so the grant can be used where it is required no more.
 * @throws OAuthError invalid_grant
 */
async function requireFactorOfGrant(
  { databases }: Pick<Deps, 'databases'>,
  client: Client,
  { grant, userId }: RefreshTokenContent,
  settings: Settings,
): Promise<void> {
  if (!client.requireSecondFactor && settings.second_factor_roles === '') return;
  const [amr, user] = await Promise.all([readGrantAmr(databases, grant), findUser(databases, userId)]);
  try {
    requireFactorOfApproval(client, user?.roles, settings, amr);
  } catch (error) {
    throw error instanceof OAuthError ? invalidGrant(error.description) : error;
  }
}

/** The outcomes that may result from a stale cache: retried with the state of the primary. */
const RETRY_ON_PRIMARY: RefreshOutcome['is'][] = ['no resource', 'not bound', 'client changed', 'no scope left'];

/**
 * @returns true if tokens may need attributes of the user: for an id_token, or mapped claims in access tokens. The granted
 * scopes are known only after the statement.
 */
function mayNeedUser(
  { claimMapping }: Client,
  { openid }: RefreshTokenContent,
  requested: string[] | undefined,
): boolean {
  const isMapped = Object.values(claimMapping ?? {}).some(({ from, resources }) => from && resources.length > 0);
  return (
    isMapped || (openid && (requested === undefined || requested.length === 0 || requested.includes(OPENID_SCOPE)))
  );
}

/** The conditions of the statement, beside the presented token and the request. */
function refreshConditions(
  { config: { issuer } }: Deps,
  { client, thumbprint }: AuthenticatedClient,
  { scopes, resource }: Pick<RefreshAttempt, 'scopes' | 'resource'>,
  settings: Settings,
  registry: ResourceRegistry,
) {
  const at = { issuer, registry, settings };
  const minutes = [...registry].flatMap(([id, { token_minutes }]) =>
    token_minutes === undefined ? [] : [[id, tokenMinutesFor(id, at)]],
  );
  return {
    clientId: client.id,
    snapshot: { clientId: client.id, clientReadAt: client.readAt },
    allowed: scopes
      ? allowedScopesByResource(client, scopes, resource, at)
      : { default: scopesAllowedAnywhere(client, at), of: {} },
    issuer,
    registeredResources: [...registry.keys()],
    // RFC 9728 §2: dpop_bound_access_tokens_required.
    boundResources: [...registry].filter(([, { dpop_required }]) => dpop_required).map(([id]) => id),
    tokenMinutes: { default: settings.access_token_minutes, of: Object.fromEntries(minutes) as Record<string, number> },
    graceSeconds: client.refreshGraceSeconds ?? settings.refresh_grace_seconds,
    thumbprint,
  };
}

/** The requested scopes allowed for the client, at the requested resource or at each. */
function allowedScopesByResource(client: Client, scopes: string[], resource: string | undefined, at: ScopeRegistry) {
  const allowedAt = (id: string) => filterAllowedScopes(client, scopes, [id], at);
  if (resource !== undefined) return { default: allowedAt(resource), of: {} };
  return {
    default: allowedAt(at.issuer),
    of: Object.fromEntries([...at.registry.keys()].map((id) => [id, allowedAt(id)])),
  };
}

const NOT_ISSUED = 'the refresh token was not issued by this server.';

/** Verifies the MAC: a forged token is refused without storage access. */
function openRefreshToken(deps: Pick<Deps, 'config'>, text: string) {
  const parsed = parseRefreshToken(text);
  if (!parsed || !deps.config.root.macMatches('refresh', refreshTokenBody(parsed), parsed.mac)) {
    throw invalidGrant(NOT_ISSUED);
  }
  const { mac: _, ...content } = parsed;
  return content;
}

/** The requested scopes and resource of the access token (RFC 6749 §6, RFC 8707 §2.2); undefined if absent. */
function parseNarrowing(form: Parameters, issuer: string, registry: ResourceRegistry) {
  const scopes = parseScope(form.one('scope') ?? '');
  const resources = parseResources(form, issuer, registry);
  if (resources.length > 1) throw new OAuthError('invalid_target', 'name one resource for one access token.');
  return { scopes: scopes.length > 0 ? scopes : undefined, resource: resources[0] };
}

function refreshError(is: Exclude<RefreshOutcome['is'], 'refreshed'>): OAuthError {
  switch (is) {
    case 'reused':
      return invalidGrant(
        'the refresh token was already rotated; the grant is revoked, and the user must authorize again.',
      );
    case 'unknown shard':
      return invalidGrant(NOT_ISSUED);
    case 'late':
      return invalidGrant('the refresh token was rotated twice meanwhile: use the newest one.');
    case 'no scope left':
      return noScopeLeft();
    case 'client changed':
      return invalidGrant('the client was changed just now: try again.');
    case 'resource not granted':
      return new OAuthError('invalid_target', 'resource was not granted.');
    case 'no resource':
      return new OAuthError('invalid_target', 'none of the granted resources exists.');
    case 'of another key':
      return invalidGrant('the refresh token is bound to another key: send a DPoP proof of that key.');
    case 'not bound':
      return new OAuthError('invalid_dpop_proof', 'this resource requires DPoP-bound tokens: send a DPoP proof.');
    case 'over':
      return invalidGrant('the grant has expired, was revoked, or belongs to another client.');
  }
}
