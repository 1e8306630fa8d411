/** What is said where somebody cannot sign in with an account elsewhere, and the way on from there. */
import type { Context } from 'hono';
import type { ProviderFailure } from '../client/provider-failure.ts';
import type { SocialLogin } from '../storage/social-logins.ts';
import type { Web } from '../web/context.ts';
import { problemPage } from '../web/problem-page.tsx';
import { wordsOf } from '../web/words.ts';
import type { Words } from '../words/index.ts';

export type Refusal = keyof Words['socialLogin']['refusals'];

const signInAgain = (sealed: string | undefined) => `/sign-in${sealed ? `?continue=${sealed}` : ''}`;

/** The provider failed, or its answer did. */
export function troublePage(
  c: Context<Web>,
  { login, sealed, failure }: { login: SocialLogin; sealed?: string | undefined; failure: ProviderFailure | string },
) {
  const say = wordsOf(c, 'socialLogin').trouble;
  const problem = typeof failure === 'string' ? failure : failure.message;
  Object.assign(c.get('facts'), { error: typeof failure === 'string' ? 'unusable' : failure.kind, why: problem });
  return problemPage(c, {
    ...{ title: say.title(login.description.name), problem, helpNumber: say.helpNumber },
    ways: [{ href: signInAgain(sealed), label: say.again }],
  });
}

/** The provider said who it is, and they may not come in. */
export function refusalPage(c: Context<Web>, login: SocialLogin, refusal: Refusal, sealed: string | undefined) {
  const { refusals, trouble } = wordsOf(c, 'socialLogin');
  const { title, what, how } = refusals[refusal];
  Object.assign(c.get('facts'), { error: 'access_denied', why: refusal });
  return problemPage(c, {
    ...{ title, problem: what(login.description.name), how, status: 403 },
    ways: [{ href: signInAgain(sealed), label: trouble.again }],
  });
}

/** The account elsewhere is somebody else's here. */
export function takenPage(c: Context<Web>, login: SocialLogin, back: string) {
  const { taken, link } = wordsOf(c, 'socialLogin');
  c.get('facts').error = 'conflict';
  return problemPage(c, {
    ...{ title: taken.title, problem: taken.what(login.description.name), how: taken.how, status: 409 },
    ways: [{ href: back, label: link.notNow, secondary: true }],
  });
}
