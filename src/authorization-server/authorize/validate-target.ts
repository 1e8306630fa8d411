/**
 * Phase 1 of an authorization request (RFC 6749 §4.1.2.1): client and redirect URI. Until both are validated, nothing may
 * be sent to the redirect URI: a failure is a page.
 */
import type { Deps } from '../../http/context.ts';
import type { Parameters } from '../../http/parameters.ts';
import type { PushedRequestId } from '../../protocol/credentials.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { privateUseSchemeProblem, redirectUriMatches } from '../../protocol/redirect-uri.ts';
import { OPENID_SCOPE } from '../../protocol/scope-names.ts';
import { parseSchemes } from '../../protocol/uri-scheme.ts';
import { type Client, isApprovedByAdministrator } from '../clients/client.ts';
import { checkEnabled } from '../clients/client-approval.ts';
import { withClient } from '../clients/client-lookup.ts';
import { requireCodeChallenge } from './request-parameters.ts';
import { RESPONSE_MODES, type RedirectTarget } from './response-modes.ts';

/** @throws OAuthError that must be shown as a page and never redirected. */
export async function validateClientAndRedirectUri(
  deps: Deps,
  parameters: Parameters,
  pushed?: PushedRequestId,
): Promise<RedirectTarget> {
  const id = parameters.required('client_id');
  const sent = parameters.one('redirect_uri');
  const settings = await deps.settings();
  const schemes = parseSchemes(settings.private_use_schemes);
  return withClient(deps, id, (client, isLatest) => {
    checkEnabled(client, settings);
    // PKCE belongs to phase 2; but an administrator may have exempted the client since it was read.
    if (!isLatest && client.origin !== 'document') requireCodeChallenge(deps.config, client, parameters);
    const isOpenid = parameters.all('scope').some((scope) => scope.split(' ').includes(OPENID_SCOPE));
    const resolved = resolveRedirectUri(client, sent, isOpenid);
    checkPrivateUseScheme(client, resolved.redirectUri, schemes);
    return { client, ...resolved, ...responseParametersOf(parameters), pushed };
  });
}

/** Validates the scheme of a self-registered redirect URI by the current setting. */
function checkPrivateUseScheme(client: Client, redirectUri: string, schemes: readonly string[]): void {
  const problem = isApprovedByAdministrator(client) ? undefined : privateUseSchemeProblem(redirectUri, schemes);
  if (!problem) return;
  throw new OAuthError('invalid_request', `redirect_uri cannot be used: ${problem}`, { about: { redirectUri } });
}

function resolveRedirectUri(client: Client, sent: string | undefined, isOpenid: boolean) {
  const registered = client.metadata.redirect_uris;
  if (sent === undefined) {
    // RFC 6749 §3.1.2.3: If multiple redirection URIs have been registered, the client MUST include one. OpenID Connect
    // Core §3.1.2.1: it is REQUIRED.
    if (registered.length !== 1 || isOpenid) throw new OAuthError('invalid_request', 'redirect_uri is missing.');
    return { redirectUri: registered[0] as string, redirectUriGiven: false };
  }
  // RFC 6749 §3.1.2.4: the authorization server MUST NOT automatically redirect to the invalid redirection URI.
  if (!redirectUriMatches(sent, registered)) {
    const about = { redirectUri: sent };
    throw new OAuthError('invalid_request', 'redirect_uri is not registered for this client.', { about });
  }
  return { redirectUri: sent, redirectUriGiven: true };
}

/** The response parameters for an error, from parameters that may be invalid themselves. */
function responseParametersOf(parameters: Parameters): Pick<RedirectTarget, 'state' | 'responseMode'> {
  const [state, ...more] = parameters.all('state');
  const [mode] = parameters.all('response_mode');
  return {
    state: more.length === 0 ? state : undefined,
    responseMode: RESPONSE_MODES.find((known) => known === mode) ?? 'query',
  };
}
