/** An empty Hono Worker: what a document costs at the least. */
import { Hono } from 'hono';

const app = new Hono();
app.get('/.well-known/oauth-authorization-server', (c) => c.json({ issuer: 'nobody' }));

export default app;
