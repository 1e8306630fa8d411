/** The operations on initial access tokens, for the API and the console. */
import type * as z from 'zod';
import { sha256 } from '../../crypto/digest.ts';
import type { Deps } from '../../http/context.ts';
import { newInitialAccessToken, newInitialAccessTokenId } from '../../protocol/credentials.ts';
import { DAY } from '../../protocol/lifetimes.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import {
  changeInitialAccessToken,
  createInitialAccessToken,
  deleteInitialAccessToken,
  findInitialAccessToken,
  type InitialAccessToken,
  listInitialAccessTokens,
} from '../../storage/clients/initial-access-tokens.ts';
import { initialAccessTokenIsUnchanged } from '../../storage/database/precondition.ts';
import { time } from '../query-parameters.ts';
import { INITIAL_ACCESS_TOKEN } from '../records/initial-access-token.ts';
import type { Acting } from './acting.ts';
import { bindRecord } from './record.ts';

/** @returns the record, and the token itself, of which only a hash is stored. */
async function issue(
  { deps: { databases, moment }, actor, creation }: Acting,
  { name, uses, days }: z.infer<typeof INITIAL_ACCESS_TOKEN.create>,
) {
  const text = newInitialAccessToken(creation.secret);
  const token = { id: newInitialAccessTokenId(creation.id), text, name, uses, expiresAt: moment.now + days * DAY };
  const made = await createInitialAccessToken(databases, moment, actor, token);
  const checked = creation.check(made, ({ hash }) => hash === sha256(text));
  if (!checked) throw new OAuthError('conflict', 'it was not created: please try again.');
  return { row: checked, once: { initial_access_token: text } };
}

/** Changes the name, the uses left or the expiry. The token itself stays the same. */
async function update(
  { deps, actor }: Acting,
  { id }: InitialAccessToken,
  { name, uses, days }: z.infer<typeof INITIAL_ACCESS_TOKEN.change>,
): Promise<InitialAccessToken> {
  const { databases, moment } = deps;
  await changeInitialAccessToken(databases, moment, actor, id, {
    ...(name !== undefined && { name }),
    ...(uses !== undefined && { usesLeft: uses }),
    ...(days !== undefined && { expiresAt: moment.now + days * DAY }),
  });
  return find(deps, id);
}

/** @throws OAuthError not_found */
async function find({ databases }: Pick<Deps, 'databases'>, id: string): Promise<InitialAccessToken> {
  const token = await findInitialAccessToken(databases, id);
  if (!token) throw new OAuthError('not_found', 'there is no such initial access token.');
  return token;
}

export const INITIAL_ACCESS_TOKENS = bindRecord(INITIAL_ACCESS_TOKEN, {
  find,
  show: ({ id, name, usesLeft, expiresAt }) => ({ id, name, uses_left: usesLeft, expires_at: time(expiresAt) }),
  list: async ({ databases }) => ({ rows: await listInitialAccessTokens(databases) }),
  precondition: async (deps, id) => initialAccessTokenIsUnchanged(await find(deps, id)),
  create: issue,
  change: update,
  actions: {
    delete: ({ deps, actor }, { id }) => deleteInitialAccessToken(deps.databases, deps.moment, actor, id),
  },
});
