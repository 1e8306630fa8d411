/**
 * GET and POST /end-session (OpenID Connect RP-Initiated Logout §2): a client sends a person here to sign out. They are
 * always asked, so that no link elsewhere signs anybody out, and go on only to where that client registered.
 */
import type { Context } from 'hono';
import { currentSession, finishSession } from '../../identity/session.ts';
import { signedOutPage } from '../../identity/sign-out.tsx';
import { ENDPOINTS } from '../../protocol/endpoints.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { withQuery } from '../../protocol/redirect-uri.ts';
import type { SignedIn } from '../../storage/sessions.ts';
import { readForm } from '../../web/body.ts';
import type { Deps, Web } from '../../web/context.ts';
import { checkFormToken, formToken } from '../../web/csrf.ts';
import { Hidden } from '../../web/fields.tsx';
import { page } from '../../web/page.tsx';
import { type Parameters, parseParameters } from '../../web/parameters.ts';
import { rememberLocales, wordsOf } from '../../web/words.ts';
import { type Client, isVouchedFor, nameOf } from '../clients/client.ts';
import { judgeClient } from '../clients/find.ts';
import { type IdTokenHint, openIdTokenHint } from '../id-token-hint.ts';
import { openReturn, type Return, sealReturn } from './return.ts';

export const CONFIRMATION = `${ENDPOINTS.end_session_endpoint}/confirm`;

/** §2: OPs MUST support GET and POST. A cross-site POST carries no Lax cookie; going on by GET, the browser sends it. */
export async function endSessionByPost(c: Context<Web>) {
  const form = await readForm(c, 'unsupported_media_type');
  return c.redirect(`${ENDPOINTS.end_session_endpoint}?${form.toString()}`, 303);
}

export async function askToEndSession(c: Context<Web>) {
  const parameters = parseParameters(new URL(c.req.url).search.slice(1));
  parameters.refuseDuplicates();
  const { client, hint, back } = await judge(c.get('deps'), parameters);
  if (client) c.get('facts').client = client.id;
  rememberLocales(c, parameters.one('ui_locales'));
  const signedIn = await currentSession(c);
  // Nobody is signed in: nothing is left to ask.
  if (!signedIn) return leave(c, back);
  return confirmationPage(c, { signedIn, client, hint, back });
}

type Judged = { client: Client | undefined; hint: IdTokenHint | undefined; back: Return };

/** @throws OAuthError that is shown here: nothing is redirected until all of it is right. */
async function judge(deps: Deps, parameters: Parameters): Promise<Judged> {
  const token = parameters.one('id_token_hint');
  const hint = token === undefined ? undefined : await openIdTokenHint(deps, token);
  const named = parameters.one('client_id');
  // §2: When both are present, the OP MUST verify that the Client Identifier matches the one used when issuing it.
  if (hint && named !== undefined && named !== hint.aud) {
    throw new OAuthError('invalid_request', 'client_id is not the client that id_token_hint was issued to.');
  }
  const id = named ?? hint?.aud;
  const uri = parameters.one('post_logout_redirect_uri');
  // §2: without an ID Token the OP MUST NOT redirect unless it can confirm the target by other means: a client_id.
  if (uri !== undefined && id === undefined) {
    throw new OAuthError('invalid_request', 'post_logout_redirect_uri needs an id_token_hint or a client_id.');
  }
  const client = id === undefined ? undefined : await judgeClient(deps, id, (found) => checkReturn(found, uri));
  // §3: and the OP MUST NOT send anybody there unless it has other means of confirming the legitimacy of the target. An
  // ID Token says that they came from there; RFC 9700 §4.11.2: else whoever registered itself could send people on.
  const atOnce = hint !== undefined || (client !== undefined && isVouchedFor({ client, redirectUri: uri ?? '' }));
  return { client, hint, back: { uri, state: parameters.one('state'), atOnce } };
}

function checkReturn(client: Client, uri: string | undefined): Client {
  // §3: The value MUST have been previously registered; the OP MUST NOT perform the redirection otherwise.
  if (uri !== undefined && !client.metadata.post_logout_redirect_uris?.includes(uri)) {
    throw new OAuthError('invalid_request', 'post_logout_redirect_uri is not one that this client registered.');
  }
  return client;
}

async function confirmationPage(c: Context<Web>, asked: Judged & { signedIn: SignedIn }) {
  const { client, hint, back } = asked;
  const { person, session } = asked.signedIn;
  const deps = c.get('deps');
  const say = wordsOf(c, 'endSession');
  return page(
    c,
    { title: say.title, signedInAs: person.name, formsLeave: true },
    <>
      <h1>{say.question}</h1>
      {client && <p>{say.asks(nameOf(client))}</p>}
      {hint && hint.sub !== person.id && <p class="notice">{say.anotherAccount}</p>}
      <p>
        {say.signedInAs(person.email)} {say.told}
      </p>
      <form class="stack" method="post" action={CONFIRMATION}>
        <Hidden formToken={formToken(deps, session.id)} />
        <input type="hidden" name="return" value={await sealReturn(deps, back)} />
        <div class="actions">
          <button type="submit" name="decision" value="sign-out">
            {say.submit}
          </button>
          <button type="submit" name="decision" value="stay" class="secondary">
            {say.stay}
          </button>
        </div>
      </form>
    </>,
  );
}

export async function confirmEndSession(c: Context<Web>) {
  const form = await readForm(c, 'unsupported_media_type');
  const back = await openReturn(c.get('deps'), form.required('return'));
  if (!back) throw new OAuthError('invalid_request', 'this form is not one of ours, or it was not sent whole.');
  const signedIn = await currentSession(c);
  if (signedIn) {
    checkFormToken(c.get('deps'), signedIn.session.id, form);
    if (form.one('decision') !== 'sign-out') return stayedPage(c, signedIn, back);
    await finishSession(c);
  }
  return leave(c, back);
}

/** The address to go on to, with `state` as it came (§3). */
function addressOf({ uri, state }: Return): string | undefined {
  if (uri === undefined || state === undefined) return uri;
  return withQuery(uri, { state });
}

function leave(c: Context<Web>, back: Return) {
  const address = addressOf(back);
  c.header('Cache-Control', 'no-store');
  if (address !== undefined && back.atOnce) return c.body(null, 303, { Location: address });
  return signedOutPage(c, address);
}

function stayedPage(c: Context<Web>, { person }: SignedIn, back: Return) {
  const address = addressOf(back);
  const say = wordsOf(c, 'endSession').stayed;
  return page(
    c,
    { title: say.title, signedInAs: person.name },
    <>
      <h1>{say.heading}</h1>
      <p>{say.what}</p>
      <div class="actions">
        {address && (
          <a class="button" href={address}>
            {say.back}
          </a>
        )}
        <a class={address ? 'button secondary' : 'button'} href="/account">
          {say.account}
        </a>
      </div>
    </>,
  );
}
