/** The access that a request for an ID-JAG may have: within the targets that an administrator set for the client. */
import type { Parameters } from '../../../http/parameters.ts';
import { canonicalResource, isSameResource } from '../../../protocol/canonical-resource.ts';
import type { IdJagTarget } from '../../../protocol/id-jag-targets.ts';
import { OAuthError } from '../../../protocol/oauth-error.ts';
import { parseScope } from '../../../protocol/scope.ts';
import type { Client } from '../../clients/client.ts';

type RequestedAccess = {
  audience: string;
  target: IdJagTarget;
  resource: string | undefined;
  /** Undefined where neither the request nor the target names any. */
  scopes: string[] | undefined;
};

/**
 * The requested audience, resource and scopes, within the targets of the client.
 * @throws OAuthError invalid_request, invalid_target, invalid_scope
 */
export function requestedAccess(client: Client, form: Parameters): RequestedAccess {
  const [wanted, ...others] = form.all('audience');
  if (wanted === undefined || others.length > 0)
    throw new OAuthError('invalid_request', 'audience must be the issuer of one authorization server.');
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
