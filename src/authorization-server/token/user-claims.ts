/**
 * The user claims of issued tokens: those of the granted scopes, those requested by name, and the mapped ones. The user is
 * read from the nearest replica in parallel with the decision, which costs no further round.
 */
import type { Deps } from '../../http/context.ts';
import { mappedClaims, mappingNeedsUser } from '../../protocol/claim-mapping.ts';
import type { UserId } from '../../protocol/credentials.ts';
import { OPENID_SCOPE } from '../../protocol/scope-names.ts';
import type { Settings } from '../../protocol/settings.ts';
import { claimsByName, haveUserClaims, type UserAttributes, userClaims } from '../../protocol/user-claims.ts';
import { hasEveryChange } from '../../storage/users/user-attributes.ts';
import { findUser, readUserFromReplica } from '../../storage/users/users.ts';
import type { Client } from '../clients/client.ts';

/** The tokens to be issued. */
export type TokenContext = {
  client: Client;
  settings: Settings;
  scopes: readonly string[];
  /** Claims requested by name (OpenID Connect Core §5.5). */
  requestedClaims?: readonly string[] | undefined;
  resource: string;
};

/** @returns true if id_tokens of the client include the claims of granted scopes: by the client, else by the setting. */
const includesUserClaims = ({ client, settings }: Pick<TokenContext, 'client' | 'settings'>): boolean =>
  client.claimsInIdToken === null ? settings.claims_in_id_token : client.claimsInIdToken === 'include';

/** @returns true if the tokens need attributes of the user. */
export function needsUser(issuing: TokenContext): boolean {
  const { client, scopes, requestedClaims = [], resource } = issuing;
  if (mappingNeedsUser(client.claimMapping, { resource }, scopes)) return true;
  if (!scopes.includes(OPENID_SCOPE)) return false;
  const ofScopes = includesUserClaims(issuing) && haveUserClaims(scopes);
  return ofScopes || requestedClaims.length > 0 || mappingNeedsUser(client.claimMapping, 'id_token', scopes);
}

/**
 * Awaits a decision and reads the user in parallel from the nearest replica. A row that is missing, or older than the
 * last change of roles or e-mail address that the decision saw, is read again from the primary: no role that was removed
 * is in a token. OpenID Connect Core §5.5.1: it is no error when claims are not returned, so a failed read does not fail
 * the request.
 */
export async function withUserAlongside<Decision extends { attributesCutoff: number | null }>(
  { databases }: Pick<Deps, 'databases'>,
  id: UserId | undefined,
  decision: Promise<Decision>,
): Promise<[Decision, UserAttributes | undefined]> {
  if (id === undefined) return [await decision, undefined];
  const reading = readUserFromReplica(databases, id).catch(() => undefined);
  const [decided, near] = await Promise.all([decision, reading]);
  const isCurrent = hasEveryChange(near, decided.attributesCutoff);
  return [decided, isCurrent ? near : await findUser(databases, id).catch(() => undefined)];
}

/** The user claims of an id_token. */
export function idTokenClaims(issuing: TokenContext, user: UserAttributes | undefined): Record<string, unknown> {
  const { client, scopes, requestedClaims = [] } = issuing;
  return {
    ...(user && includesUserClaims(issuing) ? userClaims(user, scopes) : {}),
    ...(user ? claimsByName(user, requestedClaims) : {}),
    ...mappedClaims(client.claimMapping, user, 'id_token', scopes),
  };
}
