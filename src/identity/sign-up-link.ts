/** Whether strangers may make an account, and the link that is mailed to one who does. */
import type { Context } from 'hono';
import * as z from 'zod';
import { MAILED_LINK } from '../protocol/lifetimes.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import type { Deps, Web } from '../web/context.ts';

export const SIGN_UP = '/sign-up';
export const FINISH_SIGN_UP = '/sign-up/finish';

const Link = z.object({
  name: z.string(),
  email: z.string(),
  until: z.number(),
  /** Where they were going, sealed. */
  place: z.string().optional(),
});
export type SignUpLink = z.infer<typeof Link>;

type LinkDeps = Pick<Deps, 'config' | 'moment'>;

/** A link that makes one account: the address can have no second one. */
export async function signUpLink({ config, moment }: LinkDeps, asked: Omit<SignUpLink, 'until'>): Promise<string> {
  const link = { ...asked, until: moment.now + MAILED_LINK } satisfies SignUpLink;
  return `${config.issuer}${FINISH_SIGN_UP}?link=${await config.root.seal('sign-up-link', link)}`;
}

/** The link, or undefined for one that is too old or not ours. */
export async function openSignUpLink({ config, moment }: LinkDeps, text: string): Promise<SignUpLink | undefined> {
  const link = Link.safeParse(await config.root.unseal('sign-up-link', text));
  return link.success && link.data.until > moment.now ? link.data : undefined;
}

/** @throws OAuthError not_found where the settings say no. */
export async function refuseUnlessAllowed(c: Context<Web>): Promise<void> {
  const { sign_up, password_sign_in } = await c.get('deps').settings();
  // An account made here begins with a password.
  if (sign_up === 'allow' && password_sign_in) return;
  throw new OAuthError('not_found', 'accounts are made by the administrator of this server.');
}
