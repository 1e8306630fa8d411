/** What an administrator does to initial access tokens: the same for the API, and so the command, and for the console. */
import type * as z from 'zod';
import { sha256 } from '../../crypto/digest.ts';
import { newInitialAccessToken, newInitialAccessTokenId } from '../../protocol/credentials.ts';
import { DAY } from '../../protocol/lifetimes.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import {
  changeInitialAccessToken,
  createInitialAccessToken,
  findInitialAccessToken,
  type InitialAccessToken,
} from '../../storage/initial-access-tokens.ts';
import type { Deps } from '../../web/context.ts';
import { BY_CHANCE, type Making } from '../../web/idempotency-key.ts';
import type { InitialAccessTokenChangesRequest, NewInitialAccessTokenRequest } from '../requests.ts';

/** @returns the record, and the token itself, which is nowhere else. */
export async function addInitialToken(
  { databases, moment }: Deps,
  actor: string,
  { name, uses, days }: z.infer<typeof NewInitialAccessTokenRequest>,
  making: Making = BY_CHANCE,
) {
  const text = newInitialAccessToken(making.secret);
  const token = { id: newInitialAccessTokenId(making.id), text, name, uses, expiresAt: moment.now + days * DAY };
  const made = await createInitialAccessToken(databases, moment, actor, token);
  const checked = making.check(made, ({ hash }) => hash === sha256(text));
  if (!checked) throw new OAuthError('conflict', 'it was not made: please try again.');
  return { ...checked, text };
}

/** Another name, more or fewer uses, another end. The token itself stays what it is. */
export async function alterInitialToken(
  { databases, moment }: Deps,
  actor: string,
  id: string,
  { name, uses, days }: z.infer<typeof InitialAccessTokenChangesRequest>,
): Promise<void> {
  await changeInitialAccessToken(databases, moment, actor, id, {
    ...(name !== undefined && { name }),
    ...(uses !== undefined && { usesLeft: uses }),
    ...(days !== undefined && { expiresAt: moment.now + days * DAY }),
  });
}

/** @throws OAuthError not_found */
export async function findInitialToken({ databases }: Deps, id: string): Promise<InitialAccessToken> {
  const token = await findInitialAccessToken(databases, id);
  if (!token) throw new OAuthError('not_found', 'there is no such initial access token.');
  return token;
}
