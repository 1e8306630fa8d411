/** /api/admin/initial-access-tokens: letting somebody register clients that are managed. */
import type { Context } from 'hono';
import type * as z from 'zod';
import { newInitialAccessToken, newInitialAccessTokenId } from '../protocol/credentials.ts';
import { DAY } from '../protocol/lifetimes.ts';
import {
  createInitialAccessToken as insertToken,
  listInitialAccessTokens as readTokens,
  deleteInitialAccessToken as removeToken,
} from '../storage/initial-access-tokens.ts';
import type { Web } from '../web/context.ts';
import { actorOf } from './authenticate.ts';
import type { NewInitialAccessTokenRequest } from './requests.ts';

export async function listInitialAccessTokens(c: Context<Web>) {
  const rows = await readTokens(c.get('deps').databases);
  return c.json({
    tokens: rows.map(({ id, name, usesLeft, expiresAt }) => ({
      ...{ id, name, uses_left: usesLeft },
      expires_at: new Date(expiresAt).toISOString(),
    })),
  });
}

/** Shown once. */
export async function createInitialAccessToken(c: Context<Web>, request: z.infer<typeof NewInitialAccessTokenRequest>) {
  const { databases, moment } = c.get('deps');
  const { name, uses, days } = request;
  const token = { id: newInitialAccessTokenId(), text: newInitialAccessToken(), name, uses };
  const expiresAt = moment.now + days * DAY;
  await insertToken(databases, moment, actorOf(c), { ...token, expiresAt });
  const shown = { id: token.id, name, uses_left: uses, expires_at: new Date(expiresAt).toISOString() };
  return c.json({ ...shown, initial_access_token: token.text }, 201);
}

export async function deleteInitialAccessToken(c: Context<Web>) {
  const { databases, moment } = c.get('deps');
  await removeToken(databases, moment, actorOf(c), c.req.param('id') ?? '');
  return c.body(null, 204);
}
