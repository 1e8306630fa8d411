/** The error page, the renderer of errors for users. (The other renderers: JSON, redirect, challenge.) */
import type { Context } from 'hono';
import type { Web } from '../http/context.ts';
import { errorJson, logAsOAuthError } from '../http/error-response.ts';
import type { Texts } from '../locales/index.ts';
import { DEVICE_PAGE, ENDPOINTS } from '../protocol/endpoints.ts';
import { type AboutClient, OAuthError } from '../protocol/oauth-error.ts';
import { DescriptionList, ErrorMessage } from './components.tsx';
import { chooseLanguage, messageIn, textsOf } from './locale.ts';
import { page } from './page.tsx';

/**
 * A page that says what happened and what to do.
 * @param otherAccount the address for the choice of another account, where that may help.
 */
export async function errorPage(c: Context<Web>, thrown: unknown, otherAccount?: string): Promise<Response> {
  const error = logAsOAuthError(c, thrown);
  await chooseLanguage(c);
  const texts = textsOf(c, 'error');
  // RFC 9110 §15.5.2: a 401 MUST carry a challenge, and no page has one.
  const status = error.status === 401 && !error.headers['WWW-Authenticate'] ? 400 : error.status;
  const title = texts.titles[status] ?? texts.title;
  const isUnknown = error.about.unknownClient !== undefined;
  const way = otherAccount ? { href: otherAccount, label: texts.anotherAccount } : wayOn(c, status, texts);
  return page(
    c,
    { title, status, headers: error.headers },
    <>
      <h1>{title}</h1>
      <ErrorMessage>{sentence(messageIn(c, error.description))}</ErrorMessage>
      <p>{isUnknown ? texts.addAgain : adviceOf(c, status, texts)}</p>
      {way && (
        <div class="actions">
          <a class="button" href={way.href}>
            {way.label}
          </a>
        </div>
      )}
      <Details about={error.about} texts={texts.details} />
      <p class="fine">{texts.reference(<code>{c.get('deps').moment.requestId}</code>)}</p>
    </>,
  );
}

type ErrorTexts = Texts['error'];

/** The requests of applications, by path: only there can the application be asked to start again. */
const OF_APPLICATIONS: readonly string[] = [
  ENDPOINTS.authorization_endpoint,
  '/consent',
  ENDPOINTS.end_session_endpoint,
];

/** Pages of users, and those to which an identity provider or a connected app sends them back. */
const OF_ACCOUNTS: readonly string[] = ['/account', '/social-login/', '/connected-apps/'];

function placeOf(path: string): keyof ErrorTexts['places'] {
  if (path === DEVICE_PAGE) return 'device';
  return OF_APPLICATIONS.includes(path) ? 'application' : 'account';
}

function adviceOf({ req }: Context<Web>, status: number, texts: ErrorTexts): string {
  if (status === 403) return req.method === 'GET' ? texts.notAllowed : texts.formRefused;
  return texts.advice[status] ?? texts.places[placeOf(req.path)];
}

/** The link that fits the place: an application or a mail led to some of them, and is not linked. */
function wayOn({ req }: Context<Web>, status: number, texts: ErrorTexts) {
  if (status === 404 || OF_ACCOUNTS.some((path) => req.path.startsWith(path)))
    return { href: '/account', label: texts.toAccount };
  return placeOf(req.path) === 'device' && status !== 429 ? { href: DEVICE_PAGE, label: texts.typeCode } : undefined;
}

/** Details for the developer of the application: the client, and the redirect URI that was sent. */
function Details({ about, texts }: { about: AboutClient; texts: Texts['error']['details'] }) {
  const { client, name, redirectUri, unknownClient } = about;
  const id = (client ?? unknownClient)?.slice(0, 300);
  if (id === undefined) return null;
  return (
    <details>
      <summary>{texts.title}</summary>
      <DescriptionList
        facts={[
          [texts.name, name],
          [texts.client, <code>{id}</code>],
          [texts.redirectUri, redirectUri && <code>{redirectUri.slice(0, 1000)}</code>],
        ]}
      />
    </details>
  );
}

/** Capitalizes a description, unless it begins with the name of a parameter. */
function sentence(text: string): string {
  return /^\w*_/.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1);
}

/** The answer to a path without a route: a page for a browser, JSON for everything else. */
export function notFound(c: Context<Web>): Response | Promise<Response> {
  const error = new OAuthError('not_found', 'there is nothing at this address.');
  return c.req.header('accept')?.includes('text/html') ? errorPage(c, error) : errorJson(c, error);
}
