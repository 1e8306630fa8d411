/** `authorization_code` (RFC 6749 §4.1.3, RFC 7636 §4.5): all validation comes before the redemption. */
import { isCodeVerifier, verifierMatchesChallenge } from '../../../crypto/pkce.ts';
import type { Deps } from '../../../http/context.ts';
import type { Parameters } from '../../../http/parameters.ts';
import { newTokenId, shardOf } from '../../../protocol/credentials.ts';
import { DAY, MINUTE, SECOND } from '../../../protocol/lifetimes.ts';
import { OAuthError } from '../../../protocol/oauth-error.ts';
import { OFFLINE_ACCESS } from '../../../protocol/scope-names.ts';
import { readCodeOverflow } from '../../../storage/grants/pushed-requests.ts';
import { type Redemption, redeemGrant, undoRedemption } from '../../../storage/grants/redeem-grant.ts';
import { decideWithProof } from '../../../storage/grants/single-use.ts';
import type { AuthenticatedClient } from '../../clients/authenticate/method.ts';
import { parseResources, targetResource, tokenParametersFor, withRegistry } from '../../resources.ts';
import { type AuthorizationCode, openAuthorizationCode } from '../../sealed-authorization-code.ts';
import { type ValidatedApproval, withValidApproval } from '../../validate-approval.ts';
import { firstRefreshTokenContent, issueTokens, refreshTokenThumbprint } from '../issue.ts';
import { needsUser, withUserAlongside } from '../user-claims.ts';
import type { GrantHandler } from './grant-handler.ts';

export const authorizationCode: GrantHandler = async (deps, caller, form) => {
  const { client, singleUses, thumbprint } = caller;
  const text = form.required('code');
  const code = await openAuthorizationCode(deps.config.root, text, (pushed) =>
    readCodeOverflow(deps.databases, pushed),
  );
  if (!code) throw invalidGrant('the code was not issued by this server.');
  const shard = shardOf(code.grant);
  const db = await deps.databases.resolveShard(shard);
  if (!db) throw invalidGrant('the code was not issued by this server.');
  checkCode(deps, caller, code, form);
  const resource = await chooseResource(deps, form, code);

  const settings = await deps.settings();
  const { now } = deps.moment;
  const expiresAt = now + settings.grant_days * DAY;
  const replayAfter = settings.code_replay_seconds * SECOND;
  const id = newTokenId(shard);
  const redeem = async ({ scopes: approved, snapshot }: ValidatedApproval) => {
    const { scopes, minutes } = await tokenParametersFor(deps, resource, approved, thumbprint);
    const grant = { ...code, id: code.grant, scopes: approved, jkt: refreshTokenThumbprint(caller), expiresAt };
    const token = { id, scopes, resource, expiresAt: now + minutes * MINUTE };
    const redeemed = redeemGrant(db, deps.moment, grant, token, replayAfter, singleUses, snapshot);
    const undo = () => undoRedemption(db, deps.moment, code.grant);
    const redemption = await decideWithProof(deps.databases, shard, singleUses, redeemed, undo);
    const { outcome, attributesCutoff } = redemption;
    return outcome === 'client changed' ? outcome : { outcome, attributesCutoff, token, approved };
  };
  const { scopes: requested, userId, idTokenClaims } = code;
  const isNeeded = needsUser({ client, settings, scopes: requested, requestedClaims: idTokenClaims, resource });
  const redemption = withValidApproval(deps, client, { ...code, approvedAt: code.authorizedAt }, redeem);
  const [{ outcome, token, approved }, user] = await withUserAlongside(deps, isNeeded ? userId : undefined, redemption);
  if (outcome !== 'granted') throw invalidGrant(REDEMPTION_ERRORS[outcome]);
  const { grant } = code;
  // Without offline_access it expires with the session.
  const ofSession = (code.authTime ?? now) + settings.session_days * DAY;
  const until = approved.includes(OFFLINE_ACCESS) ? expiresAt : Math.min(expiresAt, ofSession);
  const refresh = firstRefreshTokenContent(client, { id: grant, userId, scopes: approved, expiresAt: until }, now);
  return issueTokens(deps, caller, { token, grant, refresh, sub: userId, authentication: code, user });
};

const REDEMPTION_ERRORS: Record<Exclude<Redemption, 'granted' | 'client changed'>, string> = {
  refused: 'the code was already redeemed.',
  replayed: 'the code was already redeemed; its grant is revoked.',
  'cut off': 'the user, the application or the consent is no longer allowed.',
};

const invalidGrant = (description: string) => new OAuthError('invalid_grant', description);

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
