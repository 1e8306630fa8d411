/** The resource and scopes of an exchanged token, within the policy of the client (RFC 8693 §2.1). */
import type { Parameters } from '../../../http/parameters.ts';
import type { AccessTokenClaims } from '../../../protocol/access-token.ts';
import { isSameResource } from '../../../protocol/canonical-resource.ts';
import { OAuthError } from '../../../protocol/oauth-error.ts';
import { type ResourceRegistry, requireCanonicalResource, resolveResource } from '../../../protocol/resource.ts';
import { parseScope, SERVER_SCOPES } from '../../../protocol/scope.ts';
import { OPENID_SCOPE } from '../../../protocol/scope-names.ts';
import type { TokenExchangePolicy } from '../../../protocol/token-exchange-policy.ts';
import { parseResources } from '../../resources.ts';

/** The resource of the new token: `resource` or `audience`, else the only one of the policy. */
export function exchangeTarget(
  issuer: string,
  registry: ResourceRegistry,
  policy: TokenExchangePolicy,
  form: Parameters,
): string {
  const targets = parseResources(form, issuer, registry, ['resource', 'audience']);
  const allowed = policy.resources;
  if (targets.length > 1) throw new OAuthError('invalid_target', 'name one resource for one access token.');
  const only = allowed.length === 1 ? allowed[0] : undefined;
  const target = targets[0] ?? (only && resolveResource(only, issuer, registry));
  if (target === undefined) throw new OAuthError('invalid_target', 'resource is missing.');
  if (!allowed.some((one) => isSameResource(one, target))) {
    throw new OAuthError('invalid_target', 'this client may not get tokens for that resource.');
  }
  return target;
}

/**
 * The scopes allowed for the new token. For the same resource: those of the subject token within the policy. For another
 * resource, whose scopes the subject token cannot have: those of the policy. User scopes (openid, email, …) are never
 * added; `openid`, which grants access to /userinfo, is only for resources of this server.
 */
export function exchangeableScopes(
  { scopes, resources }: TokenExchangePolicy,
  subject: AccessTokenClaims,
  target: string,
  issuer: string,
): string[] {
  const excluded = resources.map(requireCanonicalResource).includes(issuer) ? [] : [OPENID_SCOPE];
  const subjectScopes = parseScope(subject.scope ?? '').filter((name) => !excluded.includes(name));
  const isUserScope = (name: string) => SERVER_SCOPES.some((scope) => scope.name === name);
  if (scopes.length === 0) return subjectScopes;
  // The first audience is the resource; the issuer as second audience is not.
  const isSame = [subject.aud].flat()[0] === target;
  return scopes.filter((name) => subjectScopes.includes(name) || (!isSame && !isUserScope(name)));
}
