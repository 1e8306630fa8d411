/** The checks of what an administrator sets of a client: what is refused, and what narrows it. */
import type { Client } from '../../authorization-server/clients/client.ts';
import type { Config } from '../../config.ts';
import { NO_AUTHENTICATION } from '../../protocol/authentication-method.ts';
import { isSameResource } from '../../protocol/canonical-resource.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { isWebRedirect } from '../../protocol/redirect-uri.ts';
import { parseScope } from '../../protocol/scope.ts';
import type { ClientChanges, Narrowing } from '../../storage/clients/client-changes.ts';

/** @returns the narrowing of a change. Other redirect URIs, or PKCE required, revoke nothing that was issued. */
export function narrowingOf(client: Client, changes: ClientChanges): Narrowing {
  if (narrows(client, changes)) return 'client';
  return changes.metadata || changes.requirePkce || changes.approval === null ? 'approval' : undefined;
}

type Exempted = Pick<Client, 'origin' | 'metadata'> & { requirePkce: boolean | undefined };

/**
 * Validates what an administrator says of PKCE (RFC 9700 §2.1.1): only a confidential client whose codes go to its web
 * server may do without. What a document says of a client may change at any time, so none of those may.
 * @throws OAuthError invalid_request
 */
export function checkExemption({ isLoopback }: Config, { origin, metadata, requirePkce }: Exempted): void {
  if (requirePkce !== false) return;
  const refused = (why: string) => new OAuthError('invalid_request', `require_pkce: ${why}`);
  if (origin === 'document') throw refused('it cannot be disabled for a client that a metadata document describes.');
  if (metadata.token_endpoint_auth_method === NO_AUTHENTICATION) {
    throw refused('it cannot be disabled for a public client: it needs a secret or a key.');
  }
  const other = metadata.redirect_uris.find((uri) => !isWebRedirect(uri, isLoopback));
  if (other !== undefined) throw refused(`it can be disabled only where all redirect URIs are https, unlike ${other}.`);
}

/** @throws OAuthError invalid_request for this server as a target: it MUST NOT accept an ID-JAG of its own (ID-JAG §9.3). */
export function checkIdJag({ issuer }: Config, targets: Client['idJag'] | undefined): void {
  if (Object.keys(targets ?? {}).some((target) => isSameResource(target, issuer)))
    throw new OAuthError('invalid_request', 'id_jag: this server is no other server.');
}

/** @returns true where something issued before may exceed what the client may have now: then it is revoked. */
function narrows(client: Client, changes: ClientChanges): boolean {
  const before = client.metadata.scope;
  const after = changes.metadata?.scope;
  if (after !== undefined && after !== before) {
    const allowed = parseScope(after);
    if (before === undefined || parseScope(before).some((scope) => !allowed.includes(scope))) return true;
  }
  if (changes.approval === 'refused') return true;
  if (changes.actsAs !== undefined && client.actsAs !== null && changes.actsAs !== client.actsAs) return true;
  const { roles = [] } = changes;
  const isWider = client.roles.length > 0 && client.roles.every((role) => roles.includes(role));
  return roles.length > 0 && !isWider;
}
