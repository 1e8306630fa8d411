/** Endpoints that a setting switches off. */
import type { MiddlewareHandler } from 'hono';
import { OAuthError } from '../protocol/oauth-error.ts';
import type { Settings } from '../protocol/settings.ts';
import type { Web } from './context.ts';

type Switch = { [K in keyof Settings]: Settings[K] extends boolean ? K : never }[keyof Settings];

/** @throws OAuthError not_found while the setting is off: the endpoint is not there. */
export function unlessOff(name: Switch): MiddlewareHandler<Web> {
  return async function refuseWhileOff(c, next) {
    if (!(await c.get('deps').settings())[name]) throw new OAuthError('not_found', 'this is switched off here.');
    await next();
  };
}
