/** Authorization responses that a page sends: the form of `form_post`, and the question before a redirect. */
import type { Context } from 'hono';
import type { Child } from 'hono/jsx';
import type { Web } from '../../http/context.ts';
import { ErrorMessage } from '../../ui/components.tsx';
import { chooseLanguage, messageIn, textsOf } from '../../ui/locale.ts';
import { page } from '../../ui/page.tsx';
import { clientHost } from '../clients/client.ts';
import { ClientName } from '../clients/client-name.tsx';
import type { RedirectTarget, ResponseParameters } from './response-modes.ts';

function ResponseForm(props: { redirectUri: string; answer: ResponseParameters; submit: string; children?: Child }) {
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

/** OAuth 2.0 Form Post Response Mode §2 */
export async function formPostPage(c: Context<Web>, redirectUri: string, answer: ResponseParameters) {
  await chooseLanguage(c);
  const texts = textsOf(c, 'consent').goingBack;
  return page(
    c,
    { title: texts.title, formsRedirectOut: true, again: null, scripts: ['/form-post.js'] },
    <>
      <h1>{texts.title}</h1>
      <ResponseForm redirectUri={redirectUri} answer={answer} submit={texts.submit}>
        <p>{texts.what}</p>
      </ResponseForm>
    </>,
  );
}

/**
 * Asks before the redirect to a self-registered client, which could use this server as an open redirector.
 * @param address the response at the redirect URI; undefined where a form sends it.
 */
export async function confirmRedirectPage(
  c: Context<Web>,
  { client, redirectUri }: RedirectTarget,
  answer: ResponseParameters,
  address: string | undefined,
) {
  await chooseLanguage(c);
  const texts = textsOf(c, 'consent').leaving;
  const submit = texts.submit(clientHost(redirectUri) ?? '');
  return page(
    c,
    { title: texts.title, status: 400, formsRedirectOut: true },
    <>
      <h1>{texts.title}</h1>
      <ErrorMessage>
        {texts.what(<ClientName client={client} />, messageIn(c, answer.error_description ?? ''))}
      </ErrorMessage>
      <p>{texts.unchecked(clientHost(redirectUri))}</p>
      {address === undefined ? (
        <ResponseForm redirectUri={redirectUri} answer={answer} submit={submit} />
      ) : (
        <div class="actions">
          <a class="button secondary" href={address}>
            {submit}
          </a>
        </div>
      )}
    </>,
  );
}
