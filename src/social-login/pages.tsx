/** Pages for a sign-in with an identity provider that failed, each with a way to continue. */
import type { Context } from 'hono';
import type { Web } from '../http/context.ts';
import type { Texts } from '../locales/index.ts';
import type { ProviderFailure } from '../oauth-client/provider-failure.ts';
import type { SocialLogin } from '../storage/providers/social-logins.ts';
import { messageIn, textsOf } from '../ui/locale.ts';
import { problemPage } from '../ui/problem-page.tsx';

export type SignInRefusal = keyof Texts['socialLogin']['refusals'];

const signInAgain = (sealed: string | undefined) => `/sign-in${sealed ? `?continue=${sealed}` : ''}`;

/** The page for a provider, or an answer, that failed. */
export function signInProblemPage(
  c: Context<Web>,
  {
    login,
    sealed,
    failure,
    further,
  }: {
    login: SocialLogin;
    sealed?: string | undefined;
    failure: ProviderFailure | string;
    /** The way on, where it is not to sign in again. */
    further?: { href: string; label: string };
  },
) {
  const texts = textsOf(c, 'socialLogin').trouble;
  const problem = typeof failure === 'string' ? failure : messageIn(c, failure.message);
  const [error, why] = typeof failure === 'string' ? ['unusable', failure] : [failure.kind, failure.detail];
  Object.assign(c.get('logFields'), { error, why });
  return problemPage(c, {
    title: texts.title(login.description.name),
    problem,
    requestIdLabel: texts.reference,
    links: [further ?? { href: signInAgain(sealed), label: texts.again }],
  });
}

/** The page for a user whom the provider authenticated and whom this server does not admit. */
export function refusalPage(c: Context<Web>, login: SocialLogin, refusal: SignInRefusal, sealed: string | undefined) {
  const { refusals, trouble } = textsOf(c, 'socialLogin');
  const { title, what, how } = refusals[refusal];
  Object.assign(c.get('logFields'), { error: 'access_denied', why: refusal });
  return problemPage(c, {
    title,
    problem: what(login.description.name),
    advice: how,
    status: 403,
    links: [{ href: signInAgain(sealed), label: trouble.again }],
  });
}

/** The page for an identity that is linked to another user. */
export function identityTakenPage(c: Context<Web>, login: SocialLogin, back: string) {
  const { taken, link } = textsOf(c, 'socialLogin');
  c.get('logFields').error = 'conflict';
  return problemPage(c, {
    title: taken.title,
    problem: taken.what(login.description.name),
    advice: taken.how,
    status: 409,
    links: [{ href: back, label: link.notNow, secondary: true }],
  });
}
