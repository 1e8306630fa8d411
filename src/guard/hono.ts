/** The guard as Hono middleware. Hono is here by type alone: who does not use it needs nothing of it. */
import type { MiddlewareHandler } from 'hono';
import type { GuardOptions } from './options.ts';
import type { Principal } from './principal.ts';
import { check, describe } from './protect.ts';

/**
 * Lets a request in whose token holds, was made for this resource, and has every one of the scopes; the handler finds
 * `c.get('principal')`. Mounted for all paths it also answers for the resource's description.
 */
export function requireToken(options: GuardOptions): MiddlewareHandler<{ Variables: { principal: Principal } }> {
  return async function guard(c, next) {
    const description = describe(c.req.raw, options);
    if (description) return description;
    const { principal, refusal } = await check(c.req.raw, options);
    if (refusal) return refusal;
    c.set('principal', principal);
    await next();
  };
}
