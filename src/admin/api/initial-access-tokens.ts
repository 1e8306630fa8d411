/** /api/admin/initial-access-tokens: letting somebody register clients that are managed. */
import type { Context } from 'hono';
import type * as z from 'zod';
import { newInitialAccessToken, newInitialAccessTokenId } from '../../protocol/credentials.ts';
import { DAY } from '../../protocol/lifetimes.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import {
  changeInitialAccessToken,
  findInitialAccessToken,
  type InitialAccessToken,
  createInitialAccessToken as insertToken,
  listInitialAccessTokens as readTokens,
  deleteInitialAccessToken as removeToken,
} from '../../storage/initial-access-tokens.ts';
import { initialAccessTokenIsAsRead } from '../../storage/precondition.ts';
import type { Web } from '../../web/context.ts';
import type { InitialAccessTokenChangesRequest, NewInitialAccessTokenRequest } from '../requests.ts';
import { actorOf } from './authenticate.ts';

export async function listInitialAccessTokens(c: Context<Web>) {
  const rows = await readTokens(c.get('deps').databases);
  return c.json({ tokens: rows.map(show) });
}

export async function getInitialAccessToken(c: Context<Web>) {
  return c.json(show(await find(c)));
}

export const initialAccessTokenIsStill = async (c: Context<Web>) => initialAccessTokenIsAsRead(await find(c));

/** Shown once. */
export async function createInitialAccessToken(c: Context<Web>, request: z.infer<typeof NewInitialAccessTokenRequest>) {
  const { databases, moment } = c.get('deps');
  const { name, uses, days } = request;
  const token = { id: newInitialAccessTokenId(), text: newInitialAccessToken(), name, uses };
  const expiresAt = moment.now + days * DAY;
  await insertToken(databases, moment, actorOf(c), { ...token, expiresAt });
  return c.json({ ...show({ id: token.id, name, usesLeft: uses, expiresAt }), initial_access_token: token.text }, 201);
}

/** Another name, more or fewer uses, another end. The token itself stays what it is. */
export async function patchInitialAccessToken(
  c: Context<Web>,
  { name, uses, days }: z.infer<typeof InitialAccessTokenChangesRequest>,
) {
  const { databases, moment } = c.get('deps');
  const { id } = await find(c);
  await changeInitialAccessToken(databases, moment, actorOf(c), id, {
    ...(name !== undefined && { name }),
    ...(uses !== undefined && { usesLeft: uses }),
    ...(days !== undefined && { expiresAt: moment.now + days * DAY }),
  });
  return c.json(show(await find(c)));
}

export async function deleteInitialAccessToken(c: Context<Web>) {
  const { databases, moment } = c.get('deps');
  await removeToken(databases, moment, actorOf(c), c.req.param('id') ?? '');
  return c.body(null, 204);
}

async function find(c: Context<Web>): Promise<InitialAccessToken> {
  const token = await findInitialAccessToken(c.get('deps').databases, c.req.param('id') ?? '');
  if (!token) throw new OAuthError('not_found', 'there is no such initial access token.');
  return token;
}

/** Never its hash. */
const show = ({
  id,
  name,
  usesLeft,
  expiresAt,
}: Pick<InitialAccessToken, 'id' | 'name' | 'usesLeft' | 'expiresAt'>) => ({
  ...{ id, name, uses_left: usesLeft },
  expires_at: new Date(expiresAt).toISOString(),
});
