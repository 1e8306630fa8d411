/** GET /social-login/:id/callback: somebody comes back from a provider. */
import type { Context } from 'hono';
import type { Flow } from '../client/begin.ts';
import { finish } from '../client/finish.ts';
import { dropFlow, takeFlow } from '../client/flow-cookie.ts';
import { ProviderFailure } from '../client/provider-failure.ts';
import { openPlace } from '../identity/place.ts';
import { beginSession, currentSession } from '../identity/session.ts';
import { HOME } from '../identity/sign-in.tsx';
import { expiredPage } from '../identity/sign-in-page.tsx';
import { BY_PROVIDER } from '../protocol/amr.ts';
import type { Person } from '../storage/people.ts';
import type { SocialLogin } from '../storage/social-logins.ts';
import { readForm } from '../web/body.ts';
import type { Web } from '../web/context.ts';
import { parseParameters } from '../web/parameters.ts';
import { wordsOf } from '../web/words.ts';
import { admit } from './admit.ts';
import { purposeOf, usableLogin } from './begin.tsx';
import { whyNotFresh } from './fresh.ts';
import { askToLink, provePage } from './link.tsx';
import { refusalPage, troublePage } from './pages.tsx';
import { takePlace } from './place-cookie.ts';
import { partyOf } from './record.ts';
import { type Somebody, whoIs } from './who.ts';

export async function comeBack(c: Context<Web>) {
  const deps = c.get('deps');
  const answer = parseParameters(new URL(c.req.url).search.slice(1));
  // RFC 6749 §3.1: Request and response parameters MUST NOT be included more than once.
  answer.refuseDuplicates();
  const login = await usableLogin(deps, c.req.param('id') ?? '');
  const flow = await takeFlow(c, purposeOf(login), answer.one('state') ?? '');
  if (!flow) return troublePage(c, { login, failure: wordsOf(c, 'socialLogin').trouble.notBegun });
  dropFlow(c, flow);
  const sealed = takePlace(c, flow.state);
  try {
    const who = await askWho(c, login, flow, new URLSearchParams(answer.toString()));
    return flow.person === undefined ? signInAs(c, login, who, sealed) : linkTo(c, login, who, flow.person);
  } catch (error) {
    if (!(error instanceof ProviderFailure)) throw error;
    return troublePage(c, { login, sealed, failure: error });
  }
}

async function askWho(c: Context<Web>, login: SocialLogin, flow: Flow, answer: URLSearchParams): Promise<Somebody> {
  const deps = c.get('deps');
  const party = await partyOf(deps, login);
  const redeemed = await finish(deps, party, flow, answer);
  const problem = whyNotFresh(login, flow, redeemed.claims);
  if (problem) throw new ProviderFailure('refused', wordsOf(c, 'socialLogin').fresh[problem](login.description.name));
  return whoIs(deps, login, party, redeemed, answer);
}

/**
 * An answer by POST comes from another site, without our cookies: it comes again by GET (`response_mode=form_post`).
 * RFC 9700 §4.11: 303, so that no browser sends the form on.
 */
export async function comeBackByPost(c: Context<Web>) {
  const form = await readForm(c, 'unsupported_media_type');
  form.refuseDuplicates();
  return c.redirect(`${new URL(c.req.url).pathname}?${form}`, 303);
}

async function signInAs(c: Context<Web>, login: SocialLogin, who: Somebody, sealed: string | undefined) {
  const admission = await admit(c.get('deps'), login, who);
  if ('refusal' in admission) return refusalPage(c, login, admission.refusal, sealed);
  if ('prove' in admission) return provePage(c, login, who, admission.prove, sealed);
  return goIn(c, admission.person, sealed);
}

async function goIn(c: Context<Web>, person: Person, sealed: string | undefined) {
  await beginSession(c, person, 'sign-in', [...BY_PROVIDER]);
  const place = await openPlace(c.get('deps'), sealed);
  if (place === 'expired') return expiredPage(c, person.name);
  // What the application asked for is judged afresh there, and the person is asked whether it may.
  return c.redirect(place?.to ?? HOME, 303);
}

/** Whoever began it on the page of their account is asked whether this is the account that they meant. */
async function linkTo(c: Context<Web>, login: SocialLogin, who: Somebody, personId: string) {
  const signedIn = await currentSession(c);
  if (signedIn?.person.id === personId) return askToLink(c, login, who, signedIn);
  return troublePage(c, { login, failure: wordsOf(c, 'socialLogin').trouble.somebodyElse });
}
