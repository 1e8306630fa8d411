/**
 * `client_credentials` (RFC 6749 §4.4), and the token of other grants of a client without a user: for the client itself,
 * or as the user that an administrator configured.
 */
import type { Deps } from '../../../http/context.ts';
import type { Parameters } from '../../../http/parameters.ts';
import { newTokenId } from '../../../protocol/credentials.ts';
import { MINUTE, SECOND } from '../../../protocol/lifetimes.ts';
import { invalidGrant, OAuthError } from '../../../protocol/oauth-error.ts';
import { filterScopes, parseScope, SERVER_SCOPES } from '../../../protocol/scope.ts';
import { SESSIONLESS_SHARD } from '../../../storage/database/shard-names.ts';
import { recordToken } from '../../../storage/grants/record-token.ts';
import type { AuthenticatedClient } from '../../clients/authenticate/method.ts';
import { type Client, clientScopeRule } from '../../clients/client.ts';
import {
  parseResources,
  requireDpopBinding,
  type ScopeRegistry,
  scopesOfResources,
  tokenMinutesFor,
  withRegistry,
} from '../../resources.ts';
import { issueTokens, type TokenResponse } from '../issue.ts';
import type { GrantHandler } from './grant-handler.ts';

/** The scopes that need a user. */
const USER_SCOPES = SERVER_SCOPES.map((scope) => scope.name);

/** The limits of another grant: `scope` bounds the token and stands for one that is not requested, `until` is in milliseconds. */
type Bounds = { scope?: string | undefined; until: number };

export const clientCredentials: GrantHandler = (deps, caller, form) => issueToClient(deps, caller, form);

/** Issues an access token to the client. @throws OAuthError invalid_grant, invalid_scope, invalid_target */
export async function issueToClient(
  deps: Deps,
  caller: AuthenticatedClient,
  form: Parameters,
  bounds: Bounds = { until: Number.POSITIVE_INFINITY },
): Promise<TokenResponse> {
  const { client, singleUses } = caller;
  const { issuer } = deps.config;
  const settings = await deps.settings();
  const { resource, scopes, minutes } = await withRegistry(deps, (registry) => {
    const at = { issuer, registry, settings };
    const target = chooseTarget(client, form, at, bounds.scope);
    requireDpopBinding(target, registry, caller.thumbprint);
    const { within, omitted } = ownScopeRule(client, target, at, bounds.scope);
    const granted = filterScopes(form.one('scope') ?? bounds.scope, { within, omitted, noneLeft: 'refused' });
    return { resource: target, scopes: granted, minutes: tokenMinutesFor(target, at) };
  });
  const { now } = deps.moment;
  const sub = client.actsAs ?? client.id;
  const token = {
    id: newTokenId(SESSIONLESS_SHARD),
    scopes,
    resource,
    expiresAt: Math.min(now + minutes * MINUTE, bounds.until),
  };
  const issued = {
    jti: token.id,
    sub,
    client_id: client.id,
    resource,
    scopes,
    iat: Math.floor(now / SECOND),
    exp: Math.floor(token.expiresAt / SECOND),
  };
  if (singleUses.length > 0 || client.actsAs) {
    const recorded = await recordToken(deps.databases, deps.moment, issued, singleUses);
    // RFC 6749 §5.2: invalid_grant for a disabled user.
    if (recorded !== 'recorded') throw invalidGrant('the client, or the user that it acts as, is disabled.');
  } else if (settings.record_client_tokens) {
    deps.waitUntil('record token', recordToken(deps.databases, deps.moment, issued));
  }
  // RFC 6749 §4.4.3: A refresh token SHOULD NOT be included.
  return issueTokens(deps, caller, { token, sub });
}

/** The scopes allowed for a client at a resource: without those that need a user, unless it acts as one. */
function ownScopeRule(client: Client, resource: string, at: ScopeRegistry, bound?: string) {
  const { within, omitted } = clientScopeRule(client, scopesOfResources([resource], at));
  const bounds = bound === undefined ? within : parseScope(bound);
  const isAllowed = (name: string) => bounds.includes(name) && (client.actsAs || !USER_SCOPES.includes(name));
  return { omitted, within: within.filter(isAllowed) };
}

/**
 * The resource of the token: `resource` or its alias `audience`, else the only one with the requested scopes, or with
 * the client's if the request has none (RFC 8707 §2: scopes belong to resources).
 * @throws OAuthError invalid_target with the possible resources.
 */
function chooseTarget(client: Client, form: Parameters, at: ScopeRegistry, bound: string | undefined): string {
  const [requested, ...more] = parseResources(form, at.issuer, at.registry, ['resource', 'audience']);
  if (more.length > 0) throw new OAuthError('invalid_target', 'name one resource for one access token.');
  if (requested !== undefined) return requested;
  const names = parseScope(form.one('scope') ?? bound ?? client.metadata.scope ?? '');
  const byScope = resourcesByScope(client, names, at);
  // The requested scopes belong to no resource in particular.
  if (byScope.size === 0) return at.issuer;
  const [first = [], ...others] = byScope.values();
  const [target, ...rivals] = first.filter((resource) => others.every((candidates) => candidates.includes(resource)));
  if (target !== undefined && rivals.length === 0) return target;
  throw new OAuthError('invalid_target', `name the resource: ${[...byScope].map(describeScopeResources).join('; ')}.`);
}

/** The resources of each requested scope that is allowed for the client. */
function resourcesByScope(client: Client, requested: string[], at: ScopeRegistry): Map<string, string[]> {
  const resources = [...new Set([at.issuer, ...at.registry.keys()])];
  const all = resources.map((resource) => [resource, ownScopeRule(client, resource, at).within] as const);
  const entries = requested
    .filter((name) => !USER_SCOPES.includes(name))
    .map((name) => [name, all.flatMap(([resource, within]) => (within.includes(name) ? resource : []))] as const);
  return new Map(entries.filter(([, ids]) => ids.length > 0).map(([name, ids]) => [name, [...ids]]));
}

/** The most resources in an error description. */
const MAX_NAMED = 5;

const describeScopeResources = ([scope, resources]: [string, string[]]) =>
  `${scope} belongs to ${resources.slice(0, MAX_NAMED).join(' or ')}${resources.length > MAX_NAMED ? ' or others' : ''}`;
