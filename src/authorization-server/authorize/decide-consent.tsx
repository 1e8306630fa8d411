/** POST /consent: the user's decision, which is single-use. */
import type { Context } from 'hono';
import { currentSession } from '../../accounts/current-session.ts';
import { readForm } from '../../http/body.ts';
import type { Deps, Web } from '../../http/context.ts';
import { filterRequestedClaims } from '../../protocol/claims-request.ts';
import { CONSENT_PAGE_LIFETIME, DOUBLE_SUBMIT_TOLERANCE } from '../../protocol/lifetimes.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { runBatch } from '../../storage/database/database.ts';
import { isUsedBy, useOnceOrReadFirst } from '../../storage/grants/single-use.ts';
import { type AuditEvent, recordEvent } from '../../storage/server/audit.ts';
import type { SignedIn } from '../../storage/users/signed-in.ts';
import { textsOf } from '../../ui/locale.ts';
import type { Client } from '../clients/client.ts';
import { checkEnabled } from '../clients/client-approval.ts';
import { findLatestClient, withClient } from '../clients/client-lookup.ts';
import { type Approval, validateApproval } from '../validate-approval.ts';
import { sendAuthorizationError, sendAuthorizationResponse } from './authorization-response.ts';
import { displayedScopes, showConsent } from './consent.tsx';
import { type ConsentForm, openConsentForm } from './consent-form.ts';
import { issueCode } from './issue-code.ts';
import { answerPushedRequestOnce } from './pushed-request.ts';
import { describeScopes, selectedScopes } from './requested-scopes.tsx';
import type { RedirectTarget } from './response-modes.ts';
import { alreadyAnsweredPage, formExpiredPage, sessionChangedPage } from './restart-pages.tsx';

export async function decideConsent(c: Context<Web>) {
  const deps = c.get('deps');
  const form = await readForm(c, 'unsupported_media_type');
  const consent = await openConsentForm(deps, form.required('consent'));
  if (!consent) throw new OAuthError('invalid_request', 'this form was not issued by this server, or is incomplete.');
  c.get('logFields').client = consent.clientId;
  const settings = await deps.settings();
  const requireEnabled = (one: Client) => {
    checkEnabled(one, settings);
    return one;
  };
  const held = await withClient(deps, consent.clientId, requireEnabled);
  const signedIn = await currentSession(c, held.id);
  // Bound to the session: no other user can decide.
  if (!signedIn || signedIn.session.id !== consent.sessionId) return sessionChangedPage(c, consent);
  if (consent.until <= deps.moment.now) return formExpiredPage(c, consent);
  const client = signedIn.clientCutoffAt < held.readAt ? held : requireEnabled(await findLatestClient(deps, held.id));
  const target: RedirectTarget = { client, ...consent, state: consent.state, pushed: consent.pushed };
  const denied = form.one('decision') !== 'allow';
  const described = await describeScopes(deps, { ...consent, scopes: displayedScopes(consent) });
  const ticked = denied ? [] : selectedScopes(displayedScopes(consent), described, form.all('scope'));
  // A denial is not sent to a removed redirect URI, either.
  const chosen = await filterApprovedScopes(
    deps,
    client,
    { ...consent, scopes: ticked, amr: signedIn.session.amr },
    signedIn.user.roles,
  );
  // The restarted request is validated as it is now, and shows what has changed.
  if (!chosen) return c.redirect(consent.restart, 303);
  const scopes = consent.scopes.filter((scope) => chosen.includes(scope));
  const { nonce, dpopJkt, codeChallenge } = consent;
  const request = { ...consent, nonce, dpopJkt, codeChallenge };
  if (!denied && scopes.length === 0) {
    const problem = textsOf(c, 'consent').nothingLeft;
    return showConsent(c, { target, request, signedIn, restart: consent.restart, problem });
  }
  const first = await recordDecision(c, consent, signedIn, client, denied, scopes);
  if (deps.moment.now - first > DOUBLE_SUBMIT_TOLERANCE) return alreadyAnsweredPage(c, consent, client);
  // RFC 6749 §4.1.2.1: access_denied: the resource owner or authorization server denied the request.
  if (denied) await answerPushedRequestOnce(deps, consent.pushed, consent.id);
  if (denied)
    return sendAuthorizationError(c, target, new OAuthError('access_denied', 'the user denied the request.'), false);
  try {
    const claims = filterRequestedClaims(consent.claims, chosen);
    const code = await issueCode(deps, settings, target, { ...request, scopes, claims }, signedIn, consent.id);
    return sendAuthorizationResponse(c, target, { code });
  } catch (error) {
    return sendAuthorizationError(c, target, error, false);
  }
}

/** The selected scopes that are still allowed; undefined where the client or the user is no longer allowed. */
async function filterApprovedScopes(
  deps: Pick<Deps, 'config' | 'settings' | 'registry'>,
  client: Client,
  approval: Approval,
  roles: readonly string[],
): Promise<string[] | undefined> {
  const [settings, registry] = await Promise.all([deps.settings(), deps.registry()]);
  try {
    const { issuer, isLoopback } = deps.config;
    return validateApproval(approval, { client, roles, issuer, isLoopback, settings, registry });
  } catch (error) {
    if (error instanceof OAuthError) return undefined;
    throw error;
  }
}

/** Consumes the form and writes the audit log, in the session's shard. @returns the time of the first decision. */
async function recordDecision(
  c: Context<Web>,
  consent: ConsentForm,
  { session, user }: SignedIn,
  client: Client,
  denied: boolean,
  scopes: string[],
): Promise<number> {
  const { databases, moment } = c.get('deps');
  const db = databases.shard(session.shard);
  if (!db) throw new OAuthError('access_denied', 'the session has ended.');
  const form = `consent:${consent.id}`;
  const event: AuditEvent = {
    type: denied ? 'consent.denied' : 'consent',
    subject: user.id,
    actor: `user:${user.id}`,
    detail: { client: client.id, scopes, resources: consent.resources },
  };
  const [rows] = await runBatch(() =>
    db.batch([
      useOnceOrReadFirst(db, moment, form, moment.now + CONSENT_PAGE_LIFETIME),
      // A repeated submission has no effect.
      recordEvent(db, moment, event, isUsedBy(moment, form)),
    ]),
  );
  return (rows[0]?.expiresAt ?? 0) - CONSENT_PAGE_LIFETIME;
}
