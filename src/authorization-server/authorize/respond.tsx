/** Answering at the redirect URI: one table of response modes, and `iss` in every answer (RFC 9207 §2). */
import type { Context } from 'hono';
import type { Child } from 'hono/jsx';
import type { PushedId } from '../../protocol/credentials.ts';
import { withQuery } from '../../protocol/redirect-uri.ts';
import type { Web } from '../../web/context.ts';
import { page } from '../../web/page.tsx';
import { Problem } from '../../web/pieces.tsx';
import { judgeError } from '../../web/render-error.tsx';
import { wordsOf } from '../../web/words.ts';
import { type Client, hostOf, isVouchedFor, nameOf } from '../clients/client.ts';

type Answer = Record<string, string>;

function AnswerForm(props: { redirectUri: string; answer: Answer; submit: string; children?: Child }) {
  return (
    <form class="stack" method="post" action={props.redirectUri}>
      {Object.entries(props.answer).map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      {props.children}
      <div class="actions">
        <button type="submit">{props.submit}</button>
      </div>
    </form>
  );
}

const MODES = {
  /** RFC 6749 §4.1.2 */
  query(c: Context<Web>, redirectUri: string, answer: Answer) {
    c.header('Cache-Control', 'no-store');
    // 303, so that a form that led here is not sent on to the client (RFC 9700 §4.12).
    return c.body(null, 303, { Location: withQuery(redirectUri, answer) });
  },
  /** OAuth 2.0 Form Post Response Mode §2 */
  form_post(c: Context<Web>, redirectUri: string, answer: Answer) {
    const say = wordsOf(c, 'consent').goingBack;
    return page(
      c,
      { title: say.title, formsLeave: true, script: '/form-post.js' },
      <>
        <h1>{say.title}</h1>
        <AnswerForm redirectUri={redirectUri} answer={answer} submit={say.submit}>
          <p>{say.what}</p>
        </AnswerForm>
      </>,
    );
  },
};

export type ResponseMode = keyof typeof MODES;
export const RESPONSE_MODES = Object.keys(MODES) as ResponseMode[];

/** A proven place to answer to. */
export type Target = {
  client: Client;
  redirectUri: string;
  redirectUriGiven: boolean;
  state: string | undefined;
  responseMode: ResponseMode;
  /** The pushed request that is answered, where it was pushed. */
  pushed: PushedId | undefined;
};

/** An answer, with `state` as it came and the issuer beside it. */
function whole(c: Context<Web>, { state }: Target, answer: Answer): Answer {
  return { ...answer, ...(state !== undefined && { state }), iss: c.get('deps').config.issuer };
}

export function respond(c: Context<Web>, target: Target, answer: Answer) {
  return MODES[target.responseMode](c, target.redirectUri, whole(c, target, answer));
}

/**
 * The redirect renderer of an error (RFC 6749 §4.1.2.1).
 * @param unasked whether the person was asked nothing yet, and was told of nobody.
 */
export function respondWithError(c: Context<Web>, target: Target, thrown: unknown, unasked: boolean) {
  const error = judgeError(c, thrown);
  // A failure of ours is a page that can be reloaded: the request is still good. And what was answered before is not
  // answered again.
  if (error.status >= 500 || error.code === 'invalid_request_uri') throw thrown;
  const answer = { error: error.code, error_description: error.description };
  // RFC 9700 §4.11.2: the AS SHOULD only automatically redirect the user agent if it trusts the redirect URI.
  if (unasked && !isVouchedFor(target)) return leavingPage(c, target, answer);
  return respond(c, target, answer);
}

/** Whoever registered itself could send people on from here by a wrong request: they see where they would go. */
function leavingPage(c: Context<Web>, target: Target, answer: Record<'error' | 'error_description', string>) {
  const { client, redirectUri, responseMode } = target;
  const say = wordsOf(c, 'consent').leaving;
  const submit = say.submit(hostOf(redirectUri) ?? '');
  const all = whole(c, target, answer);
  return page(
    c,
    { title: say.title, status: 400, formsLeave: true },
    <>
      <h1>{say.title}</h1>
      <Problem>{say.what(nameOf(client), answer.error_description)}</Problem>
      <p>{say.unchecked(hostOf(redirectUri))}</p>
      {responseMode === 'form_post' ? (
        <AnswerForm redirectUri={redirectUri} answer={all} submit={submit} />
      ) : (
        <div class="actions">
          <a class="button secondary" href={withQuery(redirectUri, all)}>
            {submit}
          </a>
        </div>
      )}
    </>,
  );
}
