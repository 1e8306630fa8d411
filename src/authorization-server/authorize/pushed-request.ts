/**
 * Authorization requests by reference to a pushed request (RFC 9126 §4). It can be read more than once (reload, sign-in,
 * link scanners), and is consumed once: by the code, or by a denial.
 */
import type { Deps } from '../../http/context.ts';
import { type Parameters, parseParameters } from '../../http/parameters.ts';
import { isPushedRequestUri, type PushedRequestId } from '../../protocol/credentials.ts';
import { SIGN_IN_PAGE_LIFETIME } from '../../protocol/lifetimes.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { answerPushedRequest, findPushedRequest } from '../../storage/grants/pushed-requests.ts';

export type ResolvedRequest = { parameters: Parameters; pushed: PushedRequestId | undefined };

/** @returns true if the parameters refer to a pushed request. */
export const isPushedReference = (sent: Parameters): boolean => isPushedRequestUri(sent.one('request_uri') ?? '');

/**
 * The parameters of the request, or only those of the pushed request that it refers to.
 * @param requestedAt time of the original request, where the user returns from the sign-in page.
 * @throws OAuthError invalid_request_uri, which is shown as a page: the redirect URI is not known.
 */
export async function resolveRequest(
  deps: Pick<Deps, 'databases' | 'moment'>,
  sent: Parameters,
  requestedAt: number | undefined,
): Promise<ResolvedRequest> {
  if (!isPushedReference(sent)) return { parameters: sent, pushed: undefined };
  const clientId = sent.required('client_id');
  const found = await findPushedRequest(deps.databases, sent.required('request_uri'));
  // RFC 9126 §2.2: the request URI MUST be bound to the client that posted the authorization request.
  if (!found || found.clientId !== clientId || found.answeredBy !== null) throw invalidRequestUri();
  // RFC 9126 §4: an expired request_uri MUST be rejected as invalid. A user who came in time has the time to sign in.
  const until = requestedAt === undefined ? found.expiresAt : found.expiresAt + SIGN_IN_PAGE_LIFETIME;
  if (until <= deps.moment.now) throw invalidRequestUri();
  // RFC 9101 §5: the authorization server MUST only use the parameters that the request_uri stands for.
  return { parameters: parseParameters(found.parameters), pushed: found.id };
}

/**
 * Consumes a pushed request; does nothing where none was pushed.
 * @param by the id of the consent form, or of the HTTP request where no consent was needed.
 * @throws OAuthError invalid_request_uri where it was already consumed.
 */
export async function answerPushedRequestOnce(
  deps: Pick<Deps, 'databases'>,
  pushed: PushedRequestId | undefined,
  by: string,
  rest?: Record<string, unknown>,
): Promise<void> {
  if (pushed && !(await answerPushedRequest(deps.databases, pushed, by, rest))) throw invalidRequestUri();
}

/** The same error for every reason, so that guessing reveals nothing. */
const invalidRequestUri = () =>
  new OAuthError('invalid_request_uri', 'request_uri is unknown, expired, or was already used.');
