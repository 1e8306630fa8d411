/** The claims of `openid_profile`: all members are always there, null where there is nothing to say. */
import type { MiddlewareHandler } from 'hono';
import type { Web } from '../http/context.ts';

/** The claims about the user that `openid` stands for at a site. */
export const PROFILE_CLAIMS = ['name', 'given_name', 'family_name', 'email', 'picture', 'roles'] as const;

const NOTHING = Object.fromEntries(PROFILE_CLAIMS.map((name) => [name, null]));

/** Adds to the response of the userinfo endpoint the members that are missing, and `iss`. A signed one stays as it is. */
export const completeProfile: MiddlewareHandler<Web> = async function completeProfile(c, next) {
  await next();
  if (c.res.status !== 200 || !c.res.headers.get('content-type')?.startsWith('application/json')) return;
  const claims = await c.res.json<Record<string, unknown>>();
  c.res = new Response(JSON.stringify({ ...NOTHING, ...claims, iss: c.get('deps').config.issuer }), c.res);
};
