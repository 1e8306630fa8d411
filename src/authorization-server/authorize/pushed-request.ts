/**
 * An authorization request that was pushed before (RFC 9126 §4). It may be looked at more than once: a person reloads,
 * or signs in between, and scanners of links come first. It is answered once: when the code is made, or Deny pressed.
 */
import { isPushedUri, type PushedId } from '../../protocol/credentials.ts';
import { SIGN_IN_PAGE } from '../../protocol/lifetimes.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { answerPushedRequest, findPushedRequest } from '../../storage/pushed-requests.ts';
import type { Deps } from '../../web/context.ts';
import { type Parameters, parseParameters } from '../../web/parameters.ts';

export type Request = { parameters: Parameters; pushed: PushedId | undefined };

/** Whether the parameters only refer to a request that was pushed. */
export const isReference = (sent: Parameters): boolean => isPushedUri(sent.one('request_uri') ?? '');

/**
 * The request itself: what was sent, or what it refers to, and then nothing else of what was sent.
 * @param asked when the application asked, for somebody who comes back from the sign-in page.
 * @throws OAuthError invalid_request_uri, which is shown here: where to send it is not known.
 */
export async function resolveRequest(
  deps: Pick<Deps, 'databases' | 'moment'>,
  sent: Parameters,
  asked: number | undefined,
): Promise<Request> {
  if (!isReference(sent)) return { parameters: sent, pushed: undefined };
  const clientId = sent.required('client_id');
  const found = await findPushedRequest(deps.databases, sent.required('request_uri'));
  // RFC 9126 §2.2: the request URI MUST be bound to the client that posted the authorization request.
  if (!found || found.clientId !== clientId || found.answeredBy !== null) throw unusable();
  // RFC 9126 §4: an expired request_uri MUST be rejected as invalid. Who came in time may take their time to sign in.
  const until = asked === undefined ? found.expiresAt : found.expiresAt + SIGN_IN_PAGE;
  if (until <= deps.moment.now) throw unusable();
  // RFC 9101 §5: the authorization server MUST only use the parameters that the request_uri stands for.
  return { parameters: parseParameters(found.parameters), pushed: found.id };
}

/**
 * Answers a pushed request, once; there is nothing to do for one that was not pushed.
 * @param by the consent form, or the request that needs none.
 * @throws OAuthError invalid_request_uri where it was answered before.
 */
export async function answerOnce(
  deps: Pick<Deps, 'databases'>,
  pushed: PushedId | undefined,
  by: string,
  rest?: Record<string, unknown>,
): Promise<void> {
  if (pushed && !(await answerPushedRequest(deps.databases, pushed, by, rest))) throw unusable();
}

/** One answer for all: who guesses learns nothing. */
const unusable = () =>
  new OAuthError('invalid_request_uri', 'this request is not known here, has expired, or was answered before.');
