/** `authorization_code` (RFC 6749 §4.1.3, RFC 7636 §4.5): all validation comes before the redemption. */
import { isCodeVerifier, verifierMatchesChallenge } from '../../../crypto/pkce.ts';
import type { Deps } from '../../../http/context.ts';
import type { Parameters } from '../../../http/parameters.ts';
import { newTokenId, shardOf } from '../../../protocol/credentials.ts';
import { DAY, SECOND } from '../../../protocol/lifetimes.ts';
import { invalidGrant, OAuthError } from '../../../protocol/oauth-error.ts';
import { OFFLINE_ACCESS } from '../../../protocol/scope-names.ts';
import { readCodeOverflow } from '../../../storage/grants/pushed-requests.ts';
import { type Redemption, redeemGrant } from '../../../storage/grants/redeem-grant.ts';
import type { AuthorizationCode } from '../../authorization-code-members.ts';
import type { AuthenticatedClient } from '../../clients/authenticate/method.ts';
import { parseResources, targetResource, withRegistry } from '../../resources.ts';
import { openAuthorizationCode } from '../../sealed-authorization-code.ts';
import { withApprovedToken } from '../../use-approval.ts';
import { needsUser } from '../id-token.ts';
import { firstRefreshTokenContent, issueTokens, refreshTokenThumbprint } from '../issue.ts';
import type { GrantHandler } from './grant-handler.ts';

export const authorizationCode: GrantHandler = async (deps, caller, form) => {
  const { client, singleUses } = caller;
  const text = form.required('code');
  const code = await openAuthorizationCode(deps.config.root, text, (pushed) =>
    readCodeOverflow(deps.databases, pushed),
  );
  if (!code) throw invalidGrant(NOT_ISSUED);
  checkCode(deps, caller, code, form);
  const resource = await chooseResource(deps, form, code);

  const settings = await deps.settings();
  const { now } = deps.moment;
  const { grant: id, userId, idTokenClaims } = code;
  const expiresAt = now + settings.grant_days * DAY;
  const tokenId = newTokenId(shardOf(id));
  const issuing = { client, settings, scopes: code.scopes, requestedClaims: idTokenClaims, resource };
  const attributesOf = needsUser(issuing) ? userId : undefined;
  const approval = { ...code, approvedAt: code.authorizedAt };
  const redeemed = await withApprovedToken(deps, caller, resource, approval, ({ scopes, snapshot, token }) =>
    redeemGrant(deps.databases, deps.moment, {
      grant: { ...code, id, scopes, jkt: refreshTokenThumbprint(caller), expiresAt },
      token: { ...token, id: tokenId },
      replayAfter: settings.code_replay_seconds * SECOND,
      singleUses,
      snapshot,
      attributesOf,
    }),
  );
  const { outcome, grant, token, user } = redeemed;
  if (outcome !== 'granted') throw invalidGrant(REDEMPTION_ERRORS[outcome]);
  // Without offline_access it expires with the session.
  const ofSession = (code.authTime ?? now) + settings.session_days * DAY;
  const until = grant.scopes.includes(OFFLINE_ACCESS) ? expiresAt : Math.min(expiresAt, ofSession);
  const refresh = firstRefreshTokenContent(client, { ...grant, expiresAt: until }, now);
  return issueTokens(deps, caller, { token, grant: id, refresh, sub: userId, authentication: code, user });
};

const NOT_ISSUED = 'the code was not issued by this server.';

const REDEMPTION_ERRORS: Record<Exclude<Redemption, 'granted' | 'client changed'>, string> = {
  refused: 'the code was already redeemed.',
  replayed: 'the code was already redeemed; its grant is revoked.',
  'cut off': 'the user, the application or the consent is no longer allowed.',
  'unknown shard': NOT_ISSUED,
};

/** Validates the request against the code. A failure neither redeems the code nor revokes anything. @throws OAuthError */
function checkCode(
  deps: Pick<Deps, 'moment'>,
  { client, thumbprint }: AuthenticatedClient,
  code: AuthorizationCode,
  form: Parameters,
): void {
  // RFC 6749 §4.1.3: ensure that the authorization code was issued to the authenticated confidential client, or if
  // the client is public, ensure that the code was issued to "client_id" in the request.
  if (code.clientId !== client.id) throw invalidGrant('the code was issued to another client.');
  if (code.expiresAt <= deps.moment.now) throw invalidGrant('the code has expired.');
  const redirectUri = form.one('redirect_uri');
  // RFC 6749 §4.1.3: redirect_uri REQUIRED, if it was included in the authorization request; values MUST be identical.
  // OAuth 2.1 §4.1.3 dropped it because of PKCE; without PKCE it binds the code to the client's request.
  const isRequired = code.redirectUriGiven || code.codeChallenge === undefined;
  if (redirectUri === undefined ? isRequired : redirectUri !== code.redirectUri) {
    throw invalidGrant('redirect_uri differs from the authorization request.');
  }
  // RFC 9449 §10: if they do not match, the authorization server MUST reject the request.
  if (code.dpopJkt !== undefined && code.dpopJkt !== thumbprint)
    throw invalidGrant('the code is bound to another key.');
  checkVerifier(code, form);
}

/** Verifies PKCE. @throws OAuthError */
function checkVerifier(code: AuthorizationCode, form: Parameters): void {
  const verifier = form.one('code_verifier');
  if (code.codeChallenge === undefined) {
    // RFC 9700 §4.8.2: a code_verifier without a code_challenge in the authorization request is a downgrade attack.
    if (verifier !== undefined) throw invalidGrant('the authorization request of this code had no code_challenge.');
    return;
  }
  if (verifier === undefined) throw new OAuthError('invalid_request', 'code_verifier is missing.');
  // RFC 7636 §4.1: code-verifier = 43*128unreserved.
  if (!isCodeVerifier(verifier)) {
    const form = '43 to 128 characters, of A-Z, a-z, 0-9, "-", ".", "_" and "~" (RFC 7636 §4.1)';
    throw new OAuthError('invalid_request', `code_verifier must have ${form}.`);
  }
  // RFC 7636 §4.6: If the values are not equal, an error response indicating "invalid_grant" MUST be returned.
  if (!verifierMatchesChallenge(verifier, code.codeChallenge))
    throw invalidGrant('code_verifier does not match the challenge.');
}

/** The resource of the access token: one of the granted ones, the first by default (RFC 8707 §2.2). */
function chooseResource(deps: Deps, form: Parameters, { resources }: AuthorizationCode): Promise<string> {
  const { issuer } = deps.config;
  return withRegistry(deps, (registry) => {
    const requested = parseResources(form, issuer, registry);
    if (requested.some((resource) => !resources.includes(resource))) {
      throw new OAuthError('invalid_target', 'resource was not part of the authorization request.');
    }
    return targetResource(requested[0], resources, issuer, registry);
  });
}
