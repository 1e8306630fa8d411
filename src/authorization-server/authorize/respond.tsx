/** Answering at the redirect URI: one table of response modes, and `iss` in every answer (RFC 9207 §2). */
import type { Context } from 'hono';
import type { PushedId } from '../../protocol/credentials.ts';
import { withQuery } from '../../protocol/redirect-uri.ts';
import type { Web } from '../../web/context.ts';
import { page } from '../../web/page.tsx';
import { judgeError } from '../../web/render-error.tsx';
import { wordsOf } from '../../web/words.ts';
import type { Client } from '../clients/client.ts';

type Answer = Record<string, string>;

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
        <form class="stack" method="post" action={redirectUri}>
          {Object.entries(answer).map(([name, value]) => (
            <input type="hidden" name={name} value={value} />
          ))}
          <p>{say.what}</p>
          <div class="actions">
            <button type="submit">{say.submit}</button>
          </div>
        </form>
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

/** Sends an answer, with `state` as it came and the issuer beside it. */
export function respond(c: Context<Web>, target: Target, answer: Answer) {
  const { issuer } = c.get('deps').config;
  const state: Answer = target.state === undefined ? {} : { state: target.state };
  return MODES[target.responseMode](c, target.redirectUri, { ...answer, ...state, iss: issuer });
}

/** The redirect renderer of an error (RFC 6749 §4.1.2.1). */
export function respondWithError(c: Context<Web>, target: Target, thrown: unknown) {
  const error = judgeError(c, thrown);
  // A failure of ours is a page that can be reloaded: the request is still good. And what was answered before is not
  // answered again.
  if (error.status >= 500 || error.code === 'invalid_request_uri') throw thrown;
  return respond(c, target, { error: error.code, error_description: error.description });
}
