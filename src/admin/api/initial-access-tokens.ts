/** /api/admin/initial-access-tokens: letting somebody register clients that are managed. */
import type { Context } from 'hono';
import type * as z from 'zod';
import {
  type InitialAccessToken,
  listInitialAccessTokens as readTokens,
  deleteInitialAccessToken as removeToken,
} from '../../storage/initial-access-tokens.ts';
import { initialAccessTokenIsAsRead } from '../../storage/precondition.ts';
import { type ApiTable, route } from '../../web/api.ts';
import type { Web } from '../../web/context.ts';
import { addInitialToken, alterInitialToken, findInitialToken } from '../acts/initial-access-tokens.ts';
import { time } from '../parse.ts';
import type { InitialAccessTokenChangesRequest, NewInitialAccessTokenRequest } from '../requests.ts';
import * as requests from '../requests.ts';
import * as answers from './answers.ts';
import { actorOf, makingAsked } from './authenticate.ts';

async function listInitialAccessTokens(c: Context<Web>) {
  const rows = await readTokens(c.get('deps').databases);
  return c.json({ tokens: rows.map(show) });
}

async function getInitialAccessToken(c: Context<Web>) {
  return c.json(show(await find(c)));
}

const initialAccessTokenIsStill = async (c: Context<Web>) => initialAccessTokenIsAsRead(await find(c));

/** Shown once. */
async function createInitialAccessToken(c: Context<Web>, request: z.infer<typeof NewInitialAccessTokenRequest>) {
  const { text, ...token } = await addInitialToken(c.get('deps'), actorOf(c), request, makingAsked(c, request));
  return c.json({ ...show(token), initial_access_token: text }, 201);
}

async function patchInitialAccessToken(c: Context<Web>, changes: z.infer<typeof InitialAccessTokenChangesRequest>) {
  const { id } = await find(c);
  await alterInitialToken(c.get('deps'), actorOf(c), id, changes);
  return c.json(show(await find(c)));
}

async function deleteInitialAccessToken(c: Context<Web>) {
  const { databases, moment } = c.get('deps');
  await removeToken(databases, moment, actorOf(c), c.req.param('id') ?? '');
  return c.body(null, 204);
}

const find = (c: Context<Web>) => findInitialToken(c.get('deps'), c.req.param('id') ?? '');

type Shown = Pick<InitialAccessToken, 'id' | 'name' | 'usesLeft' | 'expiresAt'>;

/** Never its hash. */
const show = ({ id, name, usesLeft, expiresAt }: Shown) => ({
  ...{ id, name, uses_left: usesLeft },
  expires_at: time(expiresAt),
});

/** What the API table says of them. */
export const INITIAL_TOKEN_ROUTES: ApiTable['routes'] = {
  listInitialAccessTokens: {
    ...{ method: 'GET', path: '/initial-access-tokens', summary: 'What lets others register clients' },
    ...{ answer: answers.InitialAccessTokenList, handle: listInitialAccessTokens },
  },
  getInitialAccessToken: {
    ...{ method: 'GET', path: '/initial-access-tokens/{id}', summary: 'What is left of one' },
    ...{ answer: answers.InitialAccessToken, handle: getInitialAccessToken, isAsRead: initialAccessTokenIsStill },
  },
  patchInitialAccessToken: route({
    ...{
      method: 'PATCH',
      path: '/initial-access-tokens/{id}',
      summary: 'Another name, more or fewer uses, another end',
    },
    ...{ body: requests.InitialAccessTokenChangesRequest, answer: answers.InitialAccessToken },
    handle: patchInitialAccessToken,
  }),
  createInitialAccessToken: route({
    ...{ method: 'POST', path: '/initial-access-tokens', summary: 'A new one, shown this once', status: 201 },
    ...{ takesKey: true, body: requests.NewInitialAccessTokenRequest, answer: answers.NewInitialAccessToken },
    handle: createInitialAccessToken,
  }),
  deleteInitialAccessToken: {
    ...{ method: 'DELETE', path: '/initial-access-tokens/{id}', summary: 'It registers nobody any more' },
    handle: deleteInitialAccessToken,
  },
};
