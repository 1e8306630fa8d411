/** The guard as Hono middleware. Hono is imported as a type only, so that it stays an optional dependency. */
import type { MiddlewareHandler } from 'hono';
import { type GuardOptions, protectionOf } from './options.ts';
import type { Principal } from './principal.ts';
import { check, describeResource } from './protect.ts';

/**
 * Accepts requests with a valid token for this resource and all of the scopes; the handler has `c.get('principal')`.
 * Mounted for all paths it also serves the protected resource metadata.
 */
export function requireToken(options: GuardOptions): MiddlewareHandler<{ Variables: { principal: Principal } }> {
  protectionOf(options);
  return async function guard(c, next) {
    const description = describeResource(c.req.raw, options);
    if (description) return description;
    const { principal, refusal } = await check(c.req.raw, options);
    if (refusal) return refusal;
    c.set('principal', principal);
    await next();
  };
}
