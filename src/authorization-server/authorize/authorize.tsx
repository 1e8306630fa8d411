/** GET and POST /authorize (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2). */
import type { Context } from 'hono';
import { signInAddress } from '../../identity/place.ts';
import { currentSession } from '../../identity/session.ts';
import { ACR_VALUES, meetsAcr } from '../../protocol/acr.ts';
import { SECOND } from '../../protocol/lifetimes.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import type { SignedIn } from '../../storage/sessions.ts';
import { readForm } from '../../web/body.ts';
import type { Deps, Web } from '../../web/context.ts';
import { page } from '../../web/page.tsx';
import { parseParameters } from '../../web/parameters.ts';
import { Problem } from '../../web/pieces.tsx';
import { rememberLocales, wordsOf } from '../../web/words.ts';
import { askerOf, mayBeUsedBy, nameOf } from '../clients/client.ts';
import { withRegistry } from '../resources.ts';
import { consentIsRemembered, showConsent } from './consent.tsx';
import { addressToContinue, askedAt, splitQuery } from './continued.ts';
import { issueCode } from './issue-code.ts';
import { isReference, resolveRequest } from './pushed-request.ts';
import { respond, respondWithError, type Target } from './respond.tsx';
import { type AuthorizationRequest, checkPushed, hintedSub, parseRequest, proveTarget } from './validate.ts';

/** A longer query would not survive the way through the sign-in page. */
const LONGEST_QUERY = 6 * 1024;

/** OpenID Connect Core §3.1.2.1: the authorization server MUST support GET and POST. A POST becomes a GET. */
export async function authorizeByPost(c: Context<Web>) {
  const form = await readForm(c, 'unsupported_media_type');
  // A cross-site POST carries no Lax cookie; going on by GET, the browser sends it. So nothing is judged here.
  return c.redirect(`/authorize?${form.toString()}`, 303);
}

export async function authorize(c: Context<Web>) {
  const deps = c.get('deps');
  const split = splitQuery(new URL(c.req.url).search);
  if (split.query.length > LONGEST_QUERY) {
    throw new OAuthError(
      'invalid_request',
      'this request is longer than 6 KB. The application must push it (PAR, RFC 9126), or send a shorter one.',
    );
  }
  const sent = parseParameters(split.query);
  const asked = await askedAt(deps, split);
  // Who is signed in can be read beside what the reference stands for.
  const ahead = isReference(sent) ? currentSession(c, sent.one('client_id')) : undefined;
  ahead?.catch(() => undefined);
  const { parameters, pushed } = await resolveRequest(deps, sent, asked);
  const target = await proveTarget(deps, parameters, pushed);
  c.get('facts').client = target.client.id;
  rememberLocales(c, parameters.one('ui_locales'));
  try {
    const [settings, hinted] = await Promise.all([deps.settings(), hintedSub(deps, target, parameters)]);
    checkPushed(settings, target);
    const request = await withRegistry(deps, (registry) =>
      parseRequest(settings, registry, target, parameters, deps.config.issuer, hinted),
    );
    const signedIn = await (ahead ?? currentSession(c, target.client.id));
    return await proceed(c, { target, request, signedIn, asked, query: split.query });
  } catch (error) {
    // OpenID Connect Core §3.1.2.1: none: the server MUST NOT display any authentication or consent pages.
    const silent = parameters.all('prompt').some((prompts) => prompts.split(' ').includes('none'));
    return respondWithError(c, target, error, !silent);
  }
}

type Asked = {
  target: Target;
  request: AuthorizationRequest;
  signedIn: SignedIn | undefined;
  /** When the application asked, where the person comes back from the sign-in page. */
  asked: number | undefined;
  query: string;
};

/** The ladder: signed in, freshly enough, allowed to, agreed. The first rung that is missing decides. */
async function proceed(c: Context<Web>, { target, request, signedIn, asked, query }: Asked) {
  const deps = c.get('deps');
  const silent = request.prompts.includes('none');
  checkAcr(request.neededAcr, ACR_VALUES);
  const ask = whatToAsk(deps, request, signedIn, asked);
  if (!signedIn || ask) {
    // OpenID Connect Core §3.1.2.1: none: the server MUST NOT display any authentication or consent pages.
    if (silent) throw new OAuthError('login_required', 'the person is not signed in, or not freshly enough.');
    const to = await addressToContinue(deps, query);
    return c.redirect(
      await signInAddress(deps, { to, ask: ask ?? 'any', hint: request.loginHint, asker: askerOf(target) }),
      303,
    );
  }
  if (!mayBeUsedBy(target.client, signedIn.person)) {
    if (silent) throw new OAuthError('access_denied', 'the person may not use this application.');
    return notForYouPage(c, target, signedIn, await addressToContinue(deps, query));
  }
  const settings = await deps.settings();
  if (consentIsRemembered(settings, target, request, signedIn)) {
    const code = await issueCode(deps, settings, target, request, signedIn.session, deps.moment.requestId);
    return respond(c, target, { code });
  }
  if (silent) throw new OAuthError('consent_required', 'the person has not agreed to this yet.');
  return showConsent(c, { target, request, signedIn, restart: await addressToContinue(deps, query) });
}

/** What must be asked of the person before anything else, if anything. */
function whatToAsk(
  deps: Pick<Deps, 'moment'>,
  { prompts, maxAge, subs, neededAcr }: AuthorizationRequest,
  signedIn: SignedIn | undefined,
  asked: number | undefined,
): 'any' | 'fresh' | 'choice' | undefined {
  if (prompts.includes('select_account') && asked === undefined) return 'choice';
  if (!signedIn) return 'any';
  const { authTime } = signedIn.session;
  const isAnother = subs.some((sub) => sub !== signedIn.person.id);
  const isTooWeak = !meetsAcr(signedIn.session.amr, neededAcr);
  const signedInSinceAsked = asked !== undefined && authTime >= asked;
  if (signedInSinceAsked) {
    // OpenID Connect Core §3.1.2.1 (id_token_hint), §5.5.1: otherwise, it MUST return an error, such as login_required.
    if (isAnother) throw new OAuthError('login_required', 'another person signed in than the one asked for.');
    if (isTooWeak) throw unmet();
    return undefined;
  }
  if (isAnother || isTooWeak) return 'fresh';
  if (prompts.includes('login')) return 'fresh';
  // OpenID Connect Core §3.1.2.1: if the elapsed time is greater, the OP MUST attempt to actively re-authenticate.
  if (maxAge !== undefined && deps.moment.now - authTime > maxAge * SECOND) return 'fresh';
  return undefined;
}

/** What nobody can reach by signing in is said before anybody tries. */
function checkAcr(needed: string[], reachable: string[]): void {
  if (needed.length > 0 && !needed.some((acr) => reachable.includes(acr))) throw unmet();
}

/** OpenID Connect Core §5.5.1.1: the AS MUST treat that outcome as a failed authentication attempt. */
const unmet = () =>
  new OAuthError('unmet_authentication_requirements', 'the person could not sign in in a way that acr asks for.');

async function notForYouPage(c: Context<Web>, target: Target, { person }: SignedIn, to: string) {
  c.get('facts').error = 'access_denied';
  const other = await signInAddress(c.get('deps'), { to, ask: 'choice', asker: askerOf(target) });
  const { notForYou: say, another } = wordsOf(c, 'consent');
  return page(
    c,
    { title: say.title, status: 403, signedInAs: person.name },
    <>
      <h1>{say.title}</h1>
      <Problem>{say.what(nameOf(target.client), target.client.roles, person.email)}</Problem>
      <p>{say.how}</p>
      <div class="actions">
        <a class="button" href={other}>
          {another}
        </a>
      </div>
    </>,
  );
}
