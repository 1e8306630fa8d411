/** Self-service sign-up: the setting that allows it, and the mailed link. */
import type { Context } from 'hono';
import * as z from 'zod';
import type { Deps, Web } from '../http/context.ts';
import { MAILED_LINK_LIFETIME } from '../protocol/lifetimes.ts';
import { OAuthError } from '../protocol/oauth-error.ts';

export const SIGN_UP = '/sign-up';
export const FINISH_SIGN_UP = '/sign-up/finish';

const Link = z.object({
  name: z.string(),
  email: z.string(),
  until: z.number(),
  /** The sealed continuation. */
  place: z.string().optional(),
});
export type SignUpLink = z.infer<typeof Link>;

type LinkDeps = Pick<Deps, 'config' | 'moment'>;

/** A link that creates one account: an email address is unique. */
export async function signUpLink({ config, moment }: LinkDeps, content: Omit<SignUpLink, 'until'>): Promise<string> {
  const link = { ...content, until: moment.now + MAILED_LINK_LIFETIME } satisfies SignUpLink;
  return `${config.issuer}${FINISH_SIGN_UP}?link=${await config.root.seal('sign-up-link', link)}`;
}

/** Opens a link; undefined for an expired or forged one. */
export async function openSignUpLink({ config, moment }: LinkDeps, text: string): Promise<SignUpLink | undefined> {
  const link = Link.safeParse(await config.root.unseal('sign-up-link', text));
  return link.success && link.data.until > moment.now ? link.data : undefined;
}

/** @throws OAuthError not_found while sign-up is disabled. */
export async function requireSignUpAllowed(c: Context<Web>): Promise<void> {
  const { sign_up, password_sign_in } = await c.get('deps').settings();
  // An account begins with a password.
  if (sign_up === 'allow' && password_sign_in) return;
  throw new OAuthError('not_found', 'accounts are created by the administrator of this server.');
}
