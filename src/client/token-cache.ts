/**
 * Tokens that are good now. Of all requests in the world that find one expired, one refreshes it; the others wait for
 * what it saves.
 */
import { randomText } from '../crypto/random.ts';
import type { PersonId } from '../protocol/credentials.ts';
import { REFRESH_AHEAD, REFRESH_WAIT, SECOND, TOKEN_LEEWAY } from '../protocol/lifetimes.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import type { ConnectedApp } from '../storage/connected-apps.ts';
import {
  type ConnectionRow,
  connectionId,
  ensureOwnConnection,
  findConnection,
  type Granted,
  openTokens,
  type Tokens,
} from '../storage/connections.ts';
import {
  ANSWER_LOST,
  type Lease,
  markForReconnection,
  saveRefreshed,
  sealRefreshed,
  settleFailure,
  type Trouble,
  takeLease,
} from '../storage/refresh-lease.ts';
import { type AppDeps, partyOf, scopesOf } from './connected-apps.ts';
import { ProviderFailure } from './provider-failure.ts';
import { refreshTokens, requestOwnTokens } from './token-request.ts';
import { keepUnsaved, saveKept } from './unsaved.ts';

export type Fresh = { tokens: Tokens; row: ConnectionRow };

export type Wanted = {
  app: ConnectedApp;
  /** Whose account; '' for the app itself. */
  personId: PersonId | '';
  /** An access token that was refused although it had not expired: any other will do. */
  refused?: string;
};

/**
 * Tokens that live for a while yet. One storage round where they do.
 * @throws OAuthError connection_required where the person must connect (again); temporarily_unavailable where the
 *   provider, or whoever refreshes, does not answer.
 */
export async function freshTokens(deps: AppDeps, wanted: Wanted): Promise<Fresh> {
  const began = Date.now();
  await saveKept(deps.databases, connectionId(wanted.app.id, wanted.personId), began);
  // Each try is a look at the row: short waits first, because most providers answer within half a second.
  for (let pause = 100; ; pause = Math.min(pause * 2, SECOND)) {
    const row = await lookUp(deps, wanted);
    const tokens = await openTokens(deps.config.root, row);
    const now = Date.now();
    if (tokens && isGood(row, tokens, wanted, now)) {
      if (isDue(row, tokens, now)) deps.later('refresh ahead', refreshIfFree(deps, wanted, row));
      return { tokens, row };
    }
    // Somebody tried while we waited: at once again would be once too often.
    if (row.failedAt !== null && row.failedAt >= began) throw unavailable(row.reason ?? 'it failed');
    const outcome = row.leaseUntil <= now ? await refreshIfFree(deps, wanted, row) : 'busy';
    if (outcome === 'overtaken') continue;
    if (outcome !== 'busy') return outcome;
    if (Date.now() + pause > began + REFRESH_WAIT) throw unavailable('somebody else is refreshing it');
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

async function lookUp(deps: AppDeps, { app, personId }: Wanted): Promise<ConnectionRow> {
  const owner = { appId: app.id, personId };
  let row = await findConnection(deps.databases, owner);
  if (!row && personId === '') {
    await ensureOwnConnection(deps.databases, deps.moment, app.id, app.issuer);
    row = await findConnection(deps.databases, owner);
  }
  if (!row) throw connectionRequired(deps, app, `${app.description.name} is not connected`);
  if (row.issuer !== app.issuer && personId !== '')
    throw connectionRequired(deps, app, 'the application is connected through another server now');
  if (row.state === 'reconnect') throw connectionRequired(deps, app, row.reason ?? 'it ended');
  return row;
}

function isGood(row: ConnectionRow, tokens: Tokens, { refused }: Wanted, now: number): boolean {
  if (refused !== undefined && tokens.accessToken === refused) return false;
  return row.expiresAt === null || row.expiresAt - now > TOKEN_LEEWAY;
}

/** Whether it is time to refresh behind the response, so that nobody ever waits for it. */
function isDue(row: ConnectionRow, tokens: Tokens, now: number): boolean {
  if (row.expiresAt === null || (tokens.refreshToken === undefined && row.personId !== '')) return false;
  const ahead = Math.min(REFRESH_AHEAD, (row.expiresAt - row.refreshedAt) / 4);
  return row.expiresAt - now <= ahead && row.leaseUntil <= now && (row.failedAt ?? 0) < now - TOKEN_LEEWAY;
}

/** @returns `busy` where another request has the lease; `overtaken` where it was ours, and a later one settled first. */
async function refreshIfFree(
  deps: AppDeps,
  wanted: Wanted,
  seen: ConnectionRow,
): Promise<Fresh | 'busy' | 'overtaken'> {
  const lease = await takeLease(deps.databases, seen.id, randomText(16), Date.now());
  if (!lease) return 'busy';
  const { row } = lease;
  const tokens = await openTokens(deps.config.root, row);
  // Whoever had the lease before may have saved between our look and our lease.
  if (row.settledFence > seen.settledFence && tokens && isGood(row, tokens, wanted, Date.now())) {
    await settleNothing(deps, lease);
    return { tokens, row };
  }
  if (row.personId !== '' && tokens?.refreshToken === undefined) {
    const reason = tokens ? 'it expired, and there is no way to renew it without you' : 'its tokens cannot be read';
    await markForReconnection(deps.databases, row, reason);
    throw connectionRequired(deps, wanted.app, reason);
  }
  const granted = await ask(deps, wanted.app, tokens, lease);
  const refreshed = await sealRefreshed(deps.config.root, lease, granted);
  const { scopes, expiresAt } = granted;
  try {
    if (!(await saveRefreshed(deps.databases, refreshed, Date.now()))) return 'overtaken';
  } catch {
    // The provider may have ended the old tokens already: these are the only ones there are.
    keepUnsaved(deps, refreshed);
  }
  return { tokens: granted.tokens, row: { ...row, scopes, expiresAt, sealed: refreshed.sealed } };
}

async function settleNothing({ databases }: AppDeps, { row, fence }: Lease): Promise<void> {
  const same = { id: row.id, fence, sealed: row.sealed ?? '', scopes: row.scopes, expiresAt: row.expiresAt };
  await saveRefreshed(databases, same, row.refreshedAt);
}

async function ask(deps: AppDeps, app: ConnectedApp, tokens: Tokens | undefined, lease: Lease): Promise<Granted> {
  const { row } = lease;
  try {
    const party = await partyOf(deps, app);
    return row.personId === ''
      ? await requestOwnTokens(deps, party, tokens, scopesOf(app, party.server))
      : await refreshTokens(deps, party, tokens ?? {}, row.scopes);
  } catch (error) {
    if (!(error instanceof ProviderFailure)) throw error;
    const trouble = judgeTrouble(error, lease);
    await settleFailure(deps.databases, deps.moment, lease, trouble, Date.now());
    if (trouble.needsReconnect) throw connectionRequired(deps, app, trouble.reason);
    throw unavailable(trouble.reason, error);
  }
}

/** Refusals that only the person can do something about. */
const FOR_THE_PERSON = [
  'invalid_grant',
  'access_denied',
  'invalid_scope',
  'login_required',
  'consent_required',
  'interaction_required',
];

function judgeTrouble(failure: ProviderFailure, { row, isSuccessor }: Lease): Trouble {
  const needsReconnect = row.personId !== '' && FOR_THE_PERSON.includes(failure.code ?? '');
  const isLost = needsReconnect && isSuccessor && failure.code === 'invalid_grant';
  return { reason: isLost ? ANSWER_LOST : failure.message, needsReconnect };
}

/** Where a person connects an app, and is asked for these scopes beside those that were granted. */
export function connectAddress(issuer: string, appId: string, scopes: readonly string[] = []): string {
  const query = scopes.length > 0 ? `?${new URLSearchParams({ scope: scopes.join(' ') })}` : '';
  return `${issuer}/account/connections/${appId}${query}`;
}

function connectionRequired({ config }: AppDeps, app: ConnectedApp, reason: string): OAuthError {
  const description = `reconnect needed: ${reason}. The person can do it at ${connectAddress(config.issuer, app.id)}`;
  return new OAuthError('connection_required', description);
}

function unavailable(reason: string, cause?: unknown): OAuthError {
  const description = `the token could not be refreshed: ${reason}.`;
  return new OAuthError('temporarily_unavailable', description, { cause, headers: { 'Retry-After': '5' } });
}
