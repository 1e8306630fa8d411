/** @openauthjs/openauth as its documentation sets it up on Workers; its user is signed in at once. */
import { issuer } from '@openauthjs/openauth';
import { CloudflareStorage } from '@openauthjs/openauth/storage/cloudflare';
import { createSubjects } from '@openauthjs/openauth/subject';
import { z } from 'zod';

const subjects = createSubjects({ user: z.object({ id: z.string() }) });

const direct = {
  type: 'direct',
  init(routes, context) {
    routes.get('/authorize', (c) => context.success(c, { id: 'user' }));
  },
  client: async ({ clientID }) => ({ id: clientID }),
};

export default {
  fetch: (request, env, context) =>
    issuer({
      subjects,
      storage: CloudflareStorage({ namespace: env.AUTH }),
      providers: { direct },
      // By default 60 seconds, which KV refuses as 59 where a millisecond has passed.
      ttl: { reuse: 120 },
      success: async (context, { id }) => context.subject('user', { id }),
    }).fetch(request, env, context),
};
