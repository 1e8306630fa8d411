/** GET and POST /authorize (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2). Its pages are loaded where one is shown. */
import type { Context } from 'hono';
import { currentSession } from '../../accounts/current-session.ts';
import { readForm } from '../../http/body.ts';
import type { Web } from '../../http/context.ts';
import { type Parameters, parseParameters } from '../../http/parameters.ts';
import { rememberLocales } from '../../http/preferred-languages.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import type { SignedIn } from '../../storage/users/signed-in.ts';
import { findLatestClient } from '../clients/client-lookup.ts';
import { withSealedHint } from '../id-token-hint.ts';
import { withRegistry } from '../resources.ts';
import { sendAuthorizationError } from './authorization-response.ts';
import { authorizeUser, type ValidatedRequest } from './authorize-user.ts';
import { isPushedReference, resolveRequest } from './pushed-request.ts';
import { originalRequestTime, splitQuery } from './resume-request.ts';
import { idTokenHintSubject, parseAuthorizationRequest, requirePushedRequest } from './validate-request.ts';
import { validateClientAndRedirectUri } from './validate-target.ts';

/** A longer query does not fit the sealed continuation of the sign-in page. */
const MAX_QUERY_LENGTH = 6 * 1024;

/** OpenID Connect Core §3.1.2.1: the authorization server MUST support GET and POST. A POST becomes a GET. */
export async function authorizeByPost(c: Context<Web>) {
  const form = await withSealedHint(c.get('deps'), await readForm(c, 'unsupported_media_type'));
  // A cross-site POST has no Lax cookie; the redirected GET has it. So validation follows the redirect.
  return c.redirect(`/authorize?${form.toString()}`, 303);
}

export async function authorize(c: Context<Web>) {
  const deps = c.get('deps');
  const split = splitQuery(new URL(c.req.url).search);
  if (split.query.length > MAX_QUERY_LENGTH) {
    throw new OAuthError(
      'invalid_request',
      'this request is longer than 6 KB. The application must push it (PAR, RFC 9126), or send a shorter one.',
    );
  }
  const sent = parseParameters(split.query);
  const requestedAt = await originalRequestTime(deps, split);
  // The session can be read in parallel with the pushed request.
  const ahead = isPushedReference(sent) ? currentSession(c, sent.one('client_id'), 'replica') : undefined;
  ahead?.catch(() => undefined);
  const { parameters, pushed } = await resolveRequest(deps, sent, requestedAt);
  const target = await validateClientAndRedirectUri(deps, parameters, pushed);
  const { id } = target.client;
  c.get('logFields').client = id;
  await rememberLocales(c, parameters.one('ui_locales'));
  const request = { c, parameters, requestedAt, query: split.query };
  const first = await attemptAuthorization({
    ...request,
    target,
    session: () => ahead ?? currentSession(c, id, 'replica'),
  });
  if ('status' in first) return first;
  // The client was read before a cutoff of it: nothing is approved until it is read from the primary.
  await findLatestClient(deps, id);
  const latest = await validateClientAndRedirectUri(deps, parameters, pushed);
  const second = await attemptAuthorization({
    ...request,
    target: latest,
    session: async () => first.signedIn,
    isLatest: true,
  });
  return second as Response;
}

type AuthorizationAttempt = Pick<ValidatedRequest, 'target' | 'requestedAt' | 'query'> & {
  c: Context<Web>;
  parameters: Parameters;
  session: () => Promise<SignedIn | undefined>;
  /** True if the client was read from the primary. */
  isLatest?: boolean;
};

/** Validates and answers the request. @returns only the session where the client was read before a cutoff of it. */
async function attemptAuthorization({
  c,
  target,
  parameters,
  session,
  isLatest,
  requestedAt,
  query,
}: AuthorizationAttempt) {
  const deps = c.get('deps');
  try {
    const [settings, hinted] = await Promise.all([deps.settings(), idTokenHintSubject(deps, target, parameters)]);
    requirePushedRequest(settings, target);
    const request = await withRegistry(deps, (registry) =>
      parseAuthorizationRequest(settings, registry, target, parameters, deps.config, hinted),
    );
    const signedIn = await session();
    if (signedIn && !isLatest && signedIn.clientCutoffAt >= target.client.readAt) return { signedIn };
    return await authorizeUser(c, { target, request, signedIn, requestedAt, query });
  } catch (error) {
    return sendAuthorizationError(c, target, error, !isSilentError(parameters, error));
  }
}

/**
 * @returns true if the error answers a valid request with prompt=none, and goes to the client without a page. An invalid
 * request does not become silent by that parameter (RFC 9700 §4.11.2).
 */
function isSilentError(parameters: Parameters, error: unknown): boolean {
  // OpenID Connect Core §3.1.2.1: none: the server MUST NOT display any authentication or consent pages.
  const silent = parameters.all('prompt').some((prompts) => prompts.split(' ').includes('none'));
  return silent && error instanceof OAuthError && SILENT_ERRORS.includes(error.code);
}

/** The errors of OpenID Connect Core §3.1.2.6, and access_denied for a user without a role of the client. */
const SILENT_ERRORS: readonly string[] = ['login_required', 'consent_required', 'access_denied'];
