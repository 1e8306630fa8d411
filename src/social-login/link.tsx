/**
 * Nobody's account is linked before they have seen which one it is. Somebody whose address has an account here proves
 * first, by signing in to it, that it is theirs. What waits is sealed, for this browser and this account alone.
 */
import type { Context } from 'hono';
import * as z from 'zod';
import { sha256 } from '../crypto/digest.ts';
import { knownBrowser, thisBrowser } from '../identity/browser-cookie.ts';
import { openPlace, signInAddress } from '../identity/place.ts';
import { currentSession } from '../identity/session.ts';
import { mustSignInAnew } from '../identity/visitor.ts';
import { SIGN_IN_PAGE } from '../protocol/lifetimes.ts';
import { linkPath, SIGN_IN_METHODS } from '../protocol/social-login.ts';
import type { Person } from '../storage/people.ts';
import { linkIdentity } from '../storage/person-identities.ts';
import type { SignedIn } from '../storage/sessions.ts';
import type { SocialLogin } from '../storage/social-logins.ts';
import { readForm } from '../web/body.ts';
import type { Web } from '../web/context.ts';
import { checkFormToken, formToken } from '../web/csrf.ts';
import { page } from '../web/page.tsx';
import { parseParameters } from '../web/parameters.ts';
import { Facts, Problem } from '../web/pieces.tsx';
import { wordsOf } from '../web/words.ts';
import { identityOf } from './admit.ts';
import { usableLogin } from './begin.tsx';
import { takenPage, troublePage } from './pages.tsx';
import type { Somebody } from './who.ts';

const Pending = z.object({
  issuer: z.string(),
  subject: z.string(),
  account: z.string().optional(),
  person: z.string(),
  email: z.string(),
  browser: z.string(),
  /** Where they were going. */
  to: z.string().optional(),
  until: z.number(),
});
type Pending = z.infer<typeof Pending>;

/** What is longer does not fit an address beside the rest: then the way goes no further. */
const LONGEST_WAY = 2000;

/** What waits for the person to say yes. */
function sealPending(
  c: Context<Web>,
  login: SocialLogin,
  { issuer, subject, account }: Somebody,
  { id, email }: Person,
  to: string | undefined,
): Promise<string> {
  const { config, moment } = c.get('deps');
  const browser = sha256(thisBrowser(c).id);
  const until = moment.now + SIGN_IN_PAGE;
  const pending = { issuer, subject, account, person: id, email, browser, to, until } satisfies Pending;
  return config.root.seal('pending-link', pending, login.id);
}

/**
 * Somebody who is signed in comes back from a provider with an account to link. The provider may have let them through
 * as somebody else, such as whoever signed in there in this browser before.
 */
export async function askToLink(c: Context<Web>, login: SocialLogin, who: Somebody, signedIn: SignedIn) {
  return linkPage(c, login, signedIn, who, await sealPending(c, login, who, signedIn.person, undefined));
}

export async function provePage(
  c: Context<Web>,
  login: SocialLogin,
  who: Somebody,
  person: Person,
  sealed: string | undefined,
) {
  const deps = c.get('deps');
  const place = await openPlace(deps, sealed);
  const to = place && place !== 'expired' && place.to.length <= LONGEST_WAY ? place.to : undefined;
  const { email } = person;
  const way = {
    to: questionPath(login, await sealPending(c, login, who, person, to)),
    ask: 'any',
    hint: email,
  } as const;
  const say = wordsOf(c, 'socialLogin').prove;
  return page(
    c,
    { title: say.title },
    <>
      <h1>{say.title}</h1>
      <p>{say.what(email)}</p>
      <p>{say.why(login.description.name)}</p>
      <div class="actions">
        <a class="button" href={await signInAddress(deps, way)}>
          {say.submit}
        </a>
      </div>
    </>,
  );
}

const questionPath = ({ id }: SocialLogin, sealed: string) => `${linkPath(id)}?pending=${sealed}`;

/** Opened by the browser that it was made for, in time. */
async function openPending(c: Context<Web>, login: SocialLogin, sealed: string): Promise<Pending | undefined> {
  const { config, moment } = c.get('deps');
  const pending = Pending.safeParse(await config.root.unseal('pending-link', sealed, login.id));
  if (!pending.success || pending.data.until <= moment.now) return undefined;
  return pending.data.browser === sha256(knownBrowser(c) ?? '') ? pending.data : undefined;
}

/** GET /social-login/:id/link */
export async function showLink(c: Context<Web>) {
  const deps = c.get('deps');
  const { pathname, search } = new URL(c.req.url);
  const login = await usableLogin(deps, c.req.param('id') ?? '');
  const sealed = parseParameters(search.slice(1)).one('pending') ?? '';
  const pending = await openPending(c, login, sealed);
  if (!pending) return troublePage(c, { login, failure: wordsOf(c, 'socialLogin').link.tooOld });
  const signedIn = await currentSession(c);
  const here = pathname + search;
  if (!signedIn) return c.redirect(await signInAddress(deps, { to: here, ask: 'any', hint: pending.email }), 303);
  if (signedIn.person.id !== pending.person) {
    return wrongPersonPage(c, signedIn, await signInAddress(deps, { to: here, ask: 'choice', hint: pending.email }));
  }
  if (mustSignInAnew(deps, signedIn, 'link-account'))
    return c.redirect(await signInAddress(deps, { to: here, ask: 'fresh', hint: pending.email }), 303);
  return linkPage(c, login, signedIn, pending, sealed);
}

/** POST /social-login/:id/link */
export async function confirmLink(c: Context<Web>) {
  const deps = c.get('deps');
  const form = await readForm(c, 'unsupported_media_type');
  form.refuseDuplicates();
  const login = await usableLogin(deps, c.req.param('id') ?? '');
  const signedIn = await currentSession(c);
  const sealed = form.one('pending') ?? '';
  const pending = await openPending(c, login, sealed);
  const say = wordsOf(c, 'socialLogin');
  if (!signedIn || signedIn.person.id !== pending?.person) return troublePage(c, { login, failure: say.link.tooOld });
  checkFormToken(deps, signedIn.session.id, form);
  if (mustSignInAnew(deps, signedIn, 'link-account')) return c.redirect(questionPath(login, sealed), 303);
  const { person } = signedIn;
  const identity = identityOf(login, pending, person);
  const known = await linkIdentity(deps.databases, deps.moment, `person:${person.id}`, identity);
  if (!known) return troublePage(c, { login, failure: say.full });
  if (known.person.id !== person.id) return takenPage(c, login, SIGN_IN_METHODS);
  return c.redirect(pending.to ?? `${SIGN_IN_METHODS}?done=account-linked`, 303);
}

function linkPage(
  c: Context<Web>,
  login: SocialLogin,
  { person, session }: SignedIn,
  pending: Pick<Pending, 'account' | 'subject' | 'to'>,
  sealed: string,
) {
  const { name } = login.description;
  const say = wordsOf(c, 'socialLogin').link;
  return page(
    c,
    { title: say.title(name), signedInAs: person.name, formsLeave: true },
    <>
      <h1>{say.title(name)}</h1>
      <p>{say.what(name, pending.account ?? pending.subject)}</p>
      <Facts facts={[[say.to, person.email]]} />
      <form class="stack" method="post" action={linkPath(login.id)}>
        <input type="hidden" name="form_token" value={formToken(c.get('deps'), session.id)} />
        <input type="hidden" name="pending" value={sealed} />
        <div class="actions">
          <button type="submit">{say.submit}</button>
          <a class="button secondary" href={pending.to ?? SIGN_IN_METHODS}>
            {say.notNow}
          </a>
        </div>
      </form>
    </>,
  );
}

function wrongPersonPage(c: Context<Web>, { person }: SignedIn, other: string) {
  const { link: say, prove } = wordsOf(c, 'socialLogin');
  return page(
    c,
    { title: prove.title, status: 403, signedInAs: person.name },
    <>
      <h1>{prove.title}</h1>
      <Problem>{say.wrongPerson(person.email)}</Problem>
      <div class="actions">
        <a class="button" href={other}>
          {say.another}
        </a>
      </div>
    </>,
  );
}
