/** What is said where somebody cannot sign in with an account elsewhere, and the way on from there. */
import type { Context } from 'hono';
import type { ProviderFailure } from '../client/provider-failure.ts';
import type { SocialLogin } from '../storage/social-logins.ts';
import type { Web } from '../web/context.ts';
import { page } from '../web/page.tsx';
import { Problem } from '../web/pieces.tsx';
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
  const title = say.title(login.description.name);
  return page(
    c,
    { title, status: 400 },
    <>
      <h1>{title}</h1>
      <Problem>{problem}</Problem>
      <div class="actions">
        <a class="button" href={signInAgain(sealed)}>
          {say.again}
        </a>
      </div>
      <p class="fine">
        {say.helpNumber}
        <code>{c.get('deps').moment.requestId}</code>
      </p>
    </>,
  );
}

/** The provider said who it is, and they may not come in. */
export function refusalPage(c: Context<Web>, login: SocialLogin, refusal: Refusal, sealed: string | undefined) {
  const { refusals, trouble } = wordsOf(c, 'socialLogin');
  const say = refusals[refusal];
  Object.assign(c.get('facts'), { error: 'access_denied', why: refusal });
  return page(
    c,
    { title: say.title, status: 403 },
    <>
      <h1>{say.title}</h1>
      <Problem>{say.what(login.description.name)}</Problem>
      <p>{say.how}</p>
      <div class="actions">
        <a class="button" href={signInAgain(sealed)}>
          {trouble.again}
        </a>
      </div>
    </>,
  );
}

/** The account elsewhere is somebody else's here. */
export function takenPage(c: Context<Web>, login: SocialLogin, back: string) {
  const { taken: say, link } = wordsOf(c, 'socialLogin');
  c.get('facts').error = 'conflict';
  return page(
    c,
    { title: say.title, status: 409 },
    <>
      <h1>{say.title}</h1>
      <Problem>{say.what(login.description.name)}</Problem>
      <p>{say.how}</p>
      <div class="actions">
        <a class="button secondary" href={back}>
          {link.notNow}
        </a>
      </div>
    </>,
  );
}
