/** `refresh_token` (RFC 6749 §6): the family moves by one, or shows that it was stolen. */
import { newTokenId, parseRefreshToken, refreshTokenBody, shardOf } from '../../../protocol/credentials.ts';
import { MINUTE } from '../../../protocol/lifetimes.ts';
import { OAuthError } from '../../../protocol/oauth-error.ts';
import type { Registry } from '../../../protocol/resource.ts';
import { parseScope } from '../../../protocol/scope.ts';
import { type RefreshOutcome, refreshGrant } from '../../../storage/grants.ts';
import { spendIn } from '../../../storage/spent.ts';
import type { Deps } from '../../../web/context.ts';
import type { Parameters } from '../../../web/parameters.ts';
import { parseResources, tokenAt, tokenMinutes, withRegistry } from '../../resources.ts';
import { issueTokens } from '../issue.ts';
import type { Grant } from './grant.ts';

export const refreshToken: Grant = {
  grantType: 'refresh_token',
  registeredBy: 'anybody',
  confidentialOnly: false,
  async handle(deps, caller, form) {
    const { client, spends, thumbprint } = caller;
    const presented = openRefreshToken(deps, form.required('refresh_token'));
    const shard = shardOf(presented.grant);
    const db = deps.databases.shard(shard);
    if (!db) throw refused('the refresh token is not one of ours.');
    const [settings, registry, narrowed] = await Promise.all([
      deps.settings(),
      deps.registry(),
      withRegistry(deps, (known) => narrowing(form, deps.config.issuer, known)),
    ]);
    // Where no resource is named, the grant's first is not known yet: the record then lives as long as the setting says.
    const recorded = tokenMinutes(narrowed.resource ?? '', registry, settings);
    const token = { id: newTokenId(shard), expiresAt: deps.moment.now + recorded * MINUTE };
    const graceSeconds = client.refreshGraceSeconds ?? settings.refresh_grace_seconds;
    // RFC 9728: what such a resource does not take is not issued.
    const onlyBound = [...registry].filter(([, { dpop_required }]) => dpop_required).map(([id]) => id);
    const attempt = {
      ...presented,
      onlyBound,
      clientId: client.id,
      ...narrowed,
      token,
      graceSeconds,
      spends,
      thumbprint,
    };
    const moved = refreshGrant(db, deps.moment, attempt, settings);
    const outcome = await spendIn(deps.databases, shard, spends, moved);
    if (outcome.is !== 'refreshed') throw failure(outcome.is);
    const { grant, generation } = outcome;
    const resource = narrowed.resource ?? grant.resources[0] ?? deps.config.issuer;
    const { scopes, minutes } = await tokenAt(deps, resource, narrowed.scopes ?? grant.scopes, thumbprint);
    const issued = { ...token, scopes, resource, expiresAt: deps.moment.now + minutes * MINUTE };
    return issueTokens(deps, caller, { token: issued, grant: grant.id, generation, sub: grant.personId });
  },
};

const refused = (description: string) => new OAuthError('invalid_grant', description);

/** A forged token is refused here, without touching a database. */
function openRefreshToken(deps: Pick<Deps, 'config'>, text: string) {
  const parsed = parseRefreshToken(text);
  if (
    !parsed ||
    !deps.config.root.macMatches('refresh', refreshTokenBody(parsed.grant, parsed.generation), parsed.mac)
  ) {
    throw refused('the refresh token is not one of ours.');
  }
  return { grant: parsed.grant, generation: parsed.generation };
}

/** RFC 6749 §6: the requested scope MUST NOT include any scope not originally granted. RFC 8707 §2.2 likewise. */
function narrowing(form: Parameters, issuer: string, registry: Registry) {
  const scope = form.one('scope');
  const resources = parseResources(form, issuer, registry);
  if (resources.length > 1) throw new OAuthError('invalid_target', 'name one resource for one access token.');
  return { scopes: scope === undefined ? undefined : parseScope(scope), resource: resources[0] };
}

function failure(is: Exclude<RefreshOutcome['is'], 'refreshed'>): OAuthError {
  switch (is) {
    case 'reused':
      return refused('the refresh token was replaced before; the grant is revoked, please ask the person again.');
    case 'scope not granted':
      return new OAuthError('invalid_scope', 'scope goes beyond what was granted.');
    case 'resource not granted':
      return new OAuthError('invalid_target', 'resource is not one that was granted.');
    case 'of another key':
      return refused('the refresh token is bound to another key: send a DPoP proof of it.');
    case 'not bound':
      return new OAuthError('invalid_dpop_proof', 'tokens for this resource are bound to a key: send a DPoP proof.');
    case 'over':
      return refused('the grant is over: it expired, was revoked, or is not of this client.');
  }
}
