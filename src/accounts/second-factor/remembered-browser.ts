/** The browser that is remembered after the second factor: its cookie, and the sign-ins for which it is enough. */
import type { Context } from 'hono';
import type { Web } from '../../http/context.ts';
import { readCookie } from '../../http/cookies.ts';
import { parseRememberedBrowserSecret } from '../../protocol/credentials.ts';
import type { FactorUser } from '../../protocol/second-factor.ts';
import type { User } from '../../storage/users/users.ts';
import type { openContinuation } from '../sign-in-continuation.ts';

/** The secret of this browser's cookie; undefined without one. */
export const rememberedSecret = (c: Context<Web>): string | undefined =>
  parseRememberedBrowserSecret(readCookie(c, 'remembered-browser'));

/**
 * True where a remembered browser may stand for the second factor: no page asks for a fresh authentication, or for a factor
 * that is shown now.
 */
export function acceptsRemembered(continuation: Awaited<ReturnType<typeof openContinuation>>): boolean {
  if (continuation === undefined) return true;
  if (continuation === 'expired') return false;
  const { ask, maxAge, now } = continuation;
  return ask !== 'fresh' && maxAge === undefined && now !== true;
}

/** True where this browser is remembered for the user. The primary decides. */
export async function isRememberedFor(
  c: Context<Web>,
  { id, secondFactorAt }: FactorUser & Pick<User, 'id'>,
): Promise<boolean> {
  const { databases, moment, settings } = c.get('deps');
  const { remember_browser_days: days } = await settings();
  const secret = rememberedSecret(c);
  if (secret === undefined || days === 0 || secondFactorAt === null) return false;
  // Loaded when it is first needed.
  const { useRememberedBrowser } = await import('../../storage/users/remembered-browsers.ts');
  return useRememberedBrowser(databases, moment, { userId: id, secret, days });
}
