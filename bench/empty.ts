/** An empty Hono Worker: what a document costs at the least, and a token response that is a constant. */
import { Hono } from 'hono';

const app = new Hono();
app.get('/.well-known/oauth-authorization-server', (c) => c.json({ issuer: 'nobody' }));
app.get('/.well-known/jwks.json', (c) => c.json({ keys: [] }));
app.post('/token', (c) => c.json({ access_token: 'nothing', token_type: 'Bearer' }));

export default app;
