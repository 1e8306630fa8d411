/** An identity that waits for the confirmation of its user, sealed into the form. */
import type { Context } from 'hono';
import * as z from 'zod';
import { ensureBrowserCookie, readBrowserCookie } from '../accounts/browser-cookie.ts';
import { sha256 } from '../crypto/digest.ts';
import type { Web } from '../http/context.ts';
import { SIGN_IN_PAGE_LIFETIME } from '../protocol/lifetimes.ts';
import { socialLoginLinkPath } from '../protocol/social-login.ts';
import type { SocialLogin } from '../storage/providers/social-logins.ts';
import type { User } from '../storage/users/users.ts';
import type { ProviderProfile } from './profile.ts';

export const Pending = z.object({
  issuer: z.string(),
  subject: z.string(),
  account: z.string().optional(),
  user: z.string(),
  email: z.string(),
  browser: z.string(),
  /** The address that the user continues to. */
  to: z.string().optional(),
  until: z.number(),
});

export type Pending = z.infer<typeof Pending>;

/** The pending link, sealed until the user confirms it. */
export function sealPending(
  c: Context<Web>,
  login: SocialLogin,
  { issuer, subject, account }: ProviderProfile,
  { id, email }: User,
  to: string | undefined,
): Promise<string> {
  const { config, moment } = c.get('deps');
  const browser = sha256(ensureBrowserCookie(c).id);
  const until = moment.now + SIGN_IN_PAGE_LIFETIME;
  const pending = { issuer, subject, account, user: id, email, browser, to, until } satisfies Pending;
  return config.root.seal('pending-link', pending, login.id);
}

/** The path of the confirmation page, with the sealed identity. */
export const confirmationPath = ({ id }: SocialLogin, sealed: string) => `${socialLoginLinkPath(id)}?pending=${sealed}`;

/** The pending link, where this browser opens it in time. */
export async function openPending(c: Context<Web>, login: SocialLogin, sealed: string): Promise<Pending | undefined> {
  const { config, moment } = c.get('deps');
  const pending = Pending.safeParse(await config.root.unseal('pending-link', sealed, login.id));
  if (!pending.success || pending.data.until <= moment.now) return undefined;
  return pending.data.browser === sha256(readBrowserCookie(c) ?? '') ? pending.data : undefined;
}
