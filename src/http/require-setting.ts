/** Endpoints that a setting enables. */
import type { MiddlewareHandler } from 'hono';
import { OAuthError } from '../protocol/oauth-error.ts';
import type { Settings } from '../protocol/settings.ts';
import type { Web } from './context.ts';

type BooleanSetting = { [K in keyof Settings]: Settings[K] extends boolean ? K : never }[keyof Settings];

/** Answers 404 while the setting is disabled. */
export function requireSetting(name: BooleanSetting): MiddlewareHandler<Web> {
  return async function refuseWhileDisabled(c, next) {
    if (!(await c.get('deps').settings())[name]) throw new OAuthError('not_found', 'this endpoint is disabled.');
    await next();
  };
}
