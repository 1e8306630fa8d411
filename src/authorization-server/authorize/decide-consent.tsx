/** POST /consent: the person's answer, once. */
import type { Context } from 'hono';
import { currentSession } from '../../identity/session.ts';
import { claimsWithin } from '../../protocol/claims-request.ts';
import { CONSENT_PAGE, DOUBLE_CLICK } from '../../protocol/lifetimes.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { recordEvent } from '../../storage/audit.ts';
import { decide } from '../../storage/database.ts';
import type { SignedIn } from '../../storage/sessions.ts';
import { spendOrRecall } from '../../storage/spent.ts';
import { readForm } from '../../web/body.ts';
import type { Web } from '../../web/context.ts';
import { page } from '../../web/page.tsx';
import { Problem } from '../../web/pieces.tsx';
import { wordsOf } from '../../web/words.ts';
import type { Client } from '../clients/client.ts';
import { nameOf } from '../clients/client.ts';
import { checkEnabled, judgeClient } from '../clients/find.ts';
import { chosenScopes, describedScopes } from './asking.tsx';
import { askedScopes, showConsent } from './consent.tsx';
import { type Consent, openConsent } from './consent-form.ts';
import { issueCode } from './issue-code.ts';
import { answerOnce } from './pushed-request.ts';
import { respond, respondWithError, type Target } from './respond.tsx';

export async function decideConsent(c: Context<Web>) {
  const deps = c.get('deps');
  const form = await readForm(c, 'unsupported_media_type');
  const consent = await openConsent(deps, form.required('consent'));
  if (!consent) throw new OAuthError('invalid_request', 'this form is not one of ours, or it was not sent whole.');
  const client = await judgeClient(deps, consent.clientId, (found) => {
    checkEnabled(found);
    return found;
  });
  c.get('facts').client = client.id;
  const signedIn = await currentSession(c);
  // Bound to the session: what one person was asked, nobody else can answer.
  if (!signedIn || signedIn.session.id !== consent.sessionId) return sessionChangedPage(c, consent);
  if (consent.until <= deps.moment.now) return tooOldPage(c, consent);
  const target: Target = { client, ...consent, state: consent.state, pushed: consent.pushed };
  const denied = form.one('decision') !== 'allow';
  const described = await describedScopes(deps, { ...consent, scopes: askedScopes(consent) });
  const chosen = denied ? [] : chosenScopes(askedScopes(consent), described, form.all('scope'));
  const scopes = consent.scopes.filter((scope) => chosen.includes(scope));
  if (!denied && scopes.length === 0) {
    const request = { ...consent, nonce: consent.nonce, dpopJkt: consent.dpopJkt };
    const problem = wordsOf(c, 'consent').nothingLeft;
    return showConsent(c, { target, request, signedIn, restart: consent.restart, problem });
  }
  const first = await recordDecision(c, consent, signedIn, client, denied, scopes);
  if (deps.moment.now - first > DOUBLE_CLICK) return answeredPage(c, consent, client);
  // RFC 6749 §4.1.2.1: access_denied: the resource owner or authorization server denied the request.
  if (denied) await answerOnce(deps, consent.pushed, consent.id);
  if (denied) return respondWithError(c, target, new OAuthError('access_denied', 'the person did not agree.'), false);
  try {
    const claims = claimsWithin(consent.claims, chosen);
    const approved = { ...consent, scopes, claims, nonce: consent.nonce, dpopJkt: consent.dpopJkt };
    const code = await issueCode(deps, await deps.settings(), target, approved, signedIn.session, consent.id);
    return respond(c, target, { code });
  } catch (error) {
    return respondWithError(c, target, error, false);
  }
}

/** Spends the form and writes the audit log, in the session's shard. @returns when the form was first answered. */
async function recordDecision(
  c: Context<Web>,
  consent: Consent,
  { session, person }: SignedIn,
  client: Client,
  denied: boolean,
  scopes: string[],
): Promise<number> {
  const { databases, moment } = c.get('deps');
  const db = databases.shard(session.shard);
  if (!db) throw new OAuthError('access_denied', 'this session is over.');
  const [rows] = await decide(() =>
    db.batch([
      spendOrRecall(db, `consent:${consent.id}`, moment.now + CONSENT_PAGE),
      recordEvent(db, moment, {
        type: denied ? 'consent.denied' : 'consent',
        subject: person.id,
        actor: `person:${person.id}`,
        detail: { client: client.id, scopes, resources: consent.resources },
      }),
    ]),
  );
  return (rows[0]?.expiresAt ?? 0) - CONSENT_PAGE;
}

function sessionChangedPage(c: Context<Web>, consent: Consent) {
  return wayBackPage(c, consent, wordsOf(c, 'consent').sessionChanged);
}

function tooOldPage(c: Context<Web>, consent: Consent) {
  return wayBackPage(c, consent, wordsOf(c, 'consent').tooOld);
}

function answeredPage(c: Context<Web>, consent: Consent, client: Client) {
  const say = wordsOf(c, 'consent').answered;
  return wayBackPage(c, consent, { ...say, what: say.what(nameOf(client)) });
}

function wayBackPage(c: Context<Web>, consent: Consent, say: { title: string; what: string; way: string }) {
  return page(
    c,
    { title: say.title, status: 400, formsLeave: true },
    <>
      <h1>{say.title}</h1>
      <Problem>{say.what}</Problem>
      <p>{say.way}</p>
      <div class="actions">
        <a class="button" href={consent.restart}>
          {wordsOf(c, 'consent').lookAgain}
        </a>
      </div>
    </>,
  );
}
