/** /api/me/connections: what a person's own programs learn and take of their accounts elsewhere. */
import type { Context } from 'hono';
import * as z from 'zod';
import { OAuthError } from '../protocol/oauth-error.ts';
import { parseScope } from '../protocol/scope.ts';
import { type ConnectedApp, listEnabledApps } from '../storage/connected-apps.ts';
import { type ConnectionRow, listConnectionsOf } from '../storage/connections.ts';
import { readJson } from '../web/body.ts';
import type { Web } from '../web/context.ts';
import { mayConnect } from './connected-apps.ts';
import { takeToken } from './connections.ts';
import { connectAddress } from './token-cache.ts';

export async function listOwnConnections(c: Context<Web>) {
  const { databases, config } = c.get('deps');
  const { person } = c.get('principal');
  const [apps, rows] = await Promise.all([listEnabledApps(databases), listConnectionsOf(databases, person.id)]);
  const connections = apps
    .map((app) => ({ app, row: rows.find((row) => row.appId === app.id) }))
    .filter(({ app, row }) => row || mayConnect(app, person))
    .map(({ app, row }) => show(config.issuer, app, row));
  return c.json({ connections }, 200, { 'Cache-Control': 'no-store' });
}

function show(issuer: string, app: ConnectedApp, row: ConnectionRow | undefined) {
  return {
    app: app.id,
    name: app.description.name,
    state: row?.state ?? 'not_connected',
    ...(row && {
      scope: row.scopes.join(' '),
      ...(row.account !== null && { account: row.account }),
      ...(row.expiresAt !== null && { expires_at: new Date(row.expiresAt).toISOString() }),
      ...(row.reason !== null && { reason: row.reason }),
    }),
    connect: connectAddress(issuer, app.id),
  };
}

const TokenRequest = z.strictObject({ scope: z.string().max(2000).optional() });

/** POST /api/me/connections/:app/token */
export async function takeOwnToken(c: Context<Web>) {
  const body = TokenRequest.safeParse(c.req.header('content-type') ? await readJson(c, 'invalid_request') : {});
  if (!body.success) throw new OAuthError('invalid_request', 'the body may hold scope, and nothing else.');
  const token = await takeToken(c.get('deps'), {
    appId: c.req.param('app') ?? '',
    personId: c.get('principal').person.id,
    scopes: parseScope(body.data.scope ?? ''),
    by: 'people',
  });
  return c.json(token, 200, { 'Cache-Control': 'no-store' });
}
