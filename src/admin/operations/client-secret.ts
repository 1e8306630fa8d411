/** The rotation of the secret of a client. */
import { type Client, usesClientSecret } from '../../authorization-server/clients/client.ts';
import { newClientSecret } from '../../protocol/credentials.ts';
import { HOUR } from '../../protocol/lifetimes.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { rotateClientSecret } from '../../storage/clients/client-secrets.ts';
import type { Acting } from './acting.ts';

/**
 * A new secret. Those before it stay valid for a while, so that rotating, once or again, breaks nothing that is deployed;
 * with an overlap of 0 hours none does.
 * @param hours how long the secret before it stays valid; as the setting says where it is left out.
 * @throws OAuthError conflict where the client has no secret, or too many are valid.
 */
export async function rotateSecret({ deps, actor, creation }: Acting, client: Client, hours: number | undefined) {
  if (!usesClientSecret(client.metadata)) throw new OAuthError('conflict', 'this client has no secret.');
  const overlap = (hours ?? (await deps.settings()).secret_overlap_hours) * HOUR;
  const secret = newClientSecret(creation.secret);
  const rotation = await rotateClientSecret(deps.databases, deps.moment, actor, client.id, { secret, overlap });
  if (!rotation) throw new OAuthError('not_found', 'there is no such client.');
  const { createdAt, previousUntil } = rotation;
  const made = creation.check(createdAt === undefined ? undefined : { createdAt }, () => true);
  if (!made) throw new OAuthError('conflict', TOO_MANY_SECRETS);
  return { secret, oldGoodUntil: previousUntil };
}

const TOO_MANY_SECRETS =
  'no secret was made: too many of this client are still valid. Wait until one expires, or rotate with an overlap of 0 hours, which ends all of them at once.';
