/** The way to another account, for a page that the signed-in user may not see. */
import type { Context } from 'hono';
import type { Web } from '../http/context.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import { signInAddress } from './sign-in-continuation.ts';

/** The address at which a user chooses an account and returns to this page; undefined where no account would help. */
export async function otherAccountAddress(c: Context<Web>, thrown: unknown): Promise<string | undefined> {
  const isRefused = thrown instanceof OAuthError && thrown.code === 'access_denied';
  // A form is refused for its token, not for its user, and its fields would be lost.
  if (!isRefused || c.req.method !== 'GET') return undefined;
  const { pathname, search } = new URL(c.req.url);
  return signInAddress(c.get('deps'), { to: pathname + search, ask: 'choice' });
}
