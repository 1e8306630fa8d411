/** Recent problems: errors of clients and providers, recorded for the administrator who investigates them. */
import { ENDPOINTS } from '../protocol/endpoints.ts';
import { OAuthError, type OAuthErrorCode } from '../protocol/oauth-error.ts';
import {
  countProblem,
  dropProblem,
  PROBLEMS_OF,
  type Problem,
  writeProblems,
} from '../storage/server/recent-problems.ts';
import type { Deps, LogFields } from './context.ts';
import { bytesOf, countStoredBytes } from './storage-budget.ts';

/** The endpoints that clients call, directly or through the browser. */
const CLIENT_PATHS: readonly string[] = [
  ENDPOINTS.authorization_endpoint,
  ENDPOINTS.token_endpoint,
  ENDPOINTS.pushed_authorization_request_endpoint,
  ENDPOINTS.device_authorization_endpoint,
  ENDPOINTS.introspection_endpoint,
  ENDPOINTS.revocation_endpoint,
  ENDPOINTS.end_session_endpoint,
];

/** Errors that a correct client meets too, by the user's decision or a failure of this server: not recorded. */
const EXPECTED_ERRORS: readonly OAuthErrorCode[] = [
  'access_denied',
  'authorization_pending',
  'consent_required',
  'login_required',
  'method_not_allowed',
  'server_error',
  'slow_down',
  'temporarily_unavailable',
  'use_dpop_nonce',
];

const MAX_REASON_LENGTH = 300;

/** The paths that redirect users to a provider, and its callbacks. */
const OF_PROVIDER = /^\/(social-login|connected-apps|account\/connections)\/([\w-]+)(?:\/callback)?$/;

/** The connected app or social login of a path, as a subject of problems. */
function providerAt(path: string): string | undefined {
  const [, kind, id] = OF_PROVIDER.exec(path) ?? [];
  if (id === undefined) return undefined;
  return (kind === 'social-login' ? PROBLEMS_OF.socialLogin : PROBLEMS_OF.connectedApp) + id;
}

/** The problem in the log fields of a finished request, if any. */
export function recentProblemOf(logFields: LogFields, path: string): Problem | undefined {
  const { client, error, why, redirect_uri } = logFields;
  const subject = providerAt(path) ?? (CLIENT_PATHS.includes(path) ? client : undefined);
  if (typeof subject !== 'string' || typeof error !== 'string') return undefined;
  if (EXPECTED_ERRORS.some((one) => one === error)) return undefined;
  const reason = typeof why === 'string' ? why.slice(0, MAX_REASON_LENGTH) : '';
  return { subject, error, reason, redirectUri: typeof redirect_uri === 'string' ? redirect_uri : '' };
}

/** Counts a problem and records it, within the storage ceilings of its network and of all. Runs after the response. */
export async function recordRecentProblem(
  deps: Pick<Deps, 'rateLimits' | 'site' | 'databases' | 'moment'>,
  problem: Problem,
): Promise<void> {
  if (!countProblem(problem, deps.moment.now)) return;
  try {
    await countStoredBytes(deps, 'clientProblem', bytesOf(JSON.stringify(problem)));
  } catch (error) {
    dropProblem(problem);
    if (error instanceof OAuthError) return;
    throw error;
  }
  await writeProblems(deps.databases, deps.moment.now);
}
