/** One Worker, behind the guard at /guarded and unprotected elsewhere: what verifying a token costs. */
import { protect } from '../src/guard/index.ts';

const answer = () => Response.json({ hello: 'world' });

const options = { issuer: 'https://as.example', resource: 'https://as.example/guarded', scopes: ['profile'] };
const guarded = protect(options, answer);

export default {
  fetch: (request, env, context) =>
    new URL(request.url).pathname === '/guarded' ? guarded(request, env, context) : answer(),
} satisfies ExportedHandler;
