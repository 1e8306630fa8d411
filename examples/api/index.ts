/** A plain API on Workers that asks Postern over RPC about each token, and may be called by a page of one other origin. */
import { env } from 'cloudflare:workers';
import { overRpc, requireToken } from '@postern/resource-server';
import { Hono } from 'hono';
import { cors } from 'hono/cors';

const tasks = {
  issuer: env.ISSUER,
  resource: env.RESOURCE,
  description: { name: 'Tasks', scopes: ['tasks.read', 'tasks.write'] },
  revocation: 'immediate' as const,
  verifier: overRpc(env.POSTERN, env.RESOURCE),
};

const app = new Hono();
// Before the guard: a preflight brings no token, and a page may read why it was refused.
app.use(cors({ origin: env.APP_ORIGIN, allowHeaders: ['authorization', 'content-type'], maxAge: 86_400 }));
app.get('/.well-known/*', requireToken(tasks));

app.get('/tasks', requireToken({ ...tasks, scopes: ['tasks.read'] }), async (c) => {
  const { keys } = await env.TASKS.list({ prefix: `${c.get('principal').subject}/`, limit: 100 });
  return c.json({ tasks: await Promise.all(keys.map(({ name }) => env.TASKS.get(name))) });
});

app.post('/tasks', requireToken({ ...tasks, scopes: ['tasks.write'] }), async (c) => {
  const text = (await c.req.text()).trim();
  if (text.length < 1 || text.length > 1000) return c.json({ error: 'A task has 1 to 1000 characters.' }, 400);
  await env.TASKS.put(`${c.get('principal').subject}/${Date.now()}-${crypto.randomUUID()}`, text);
  return c.body(null, 201);
});

export default app;
