/** `device_code` (RFC 8628 §3.4, §3.5): polling until the user has decided. */
import type { Deps } from '../../../http/context.ts';
import { newSessionId, newTokenId, shardOfDeviceCode } from '../../../protocol/credentials.ts';
import { DAY, MINUTE } from '../../../protocol/lifetimes.ts';
import { OAuthError } from '../../../protocol/oauth-error.ts';
import type { Database } from '../../../storage/database/database.ts';
import { type DeviceCode, pollDevice } from '../../../storage/grants/device-codes.ts';
import { redeemGrant } from '../../../storage/grants/redeem-grant.ts';
import { decideWithProof } from '../../../storage/grants/single-use.ts';
import type { AuthenticatedClient } from '../../clients/authenticate/method.ts';
import { parseResources, targetResource, tokenParametersFor, withRegistry } from '../../resources.ts';
import { type ValidatedApproval, withValidApproval } from '../../validate-approval.ts';
import { firstRefreshTokenContent, issueTokens, refreshTokenThumbprint } from '../issue.ts';
import { needsUser, withUserAlongside } from '../user-claims.ts';
import type { GrantHandler } from './grant-handler.ts';

export const deviceCode: GrantHandler = async (deps, caller, form) => {
  const text = form.required('device_code');
  const shard = shardOfDeviceCode(text);
  const db = shard === undefined ? undefined : await deps.databases.resolveShard(shard);
  if (shard === undefined || !db) throw invalidGrant('the device code was not issued by this server.');
  const { issuer } = deps.config;
  const requested = await withRegistry(deps, (registry) => parseResources(form, issuer, registry));
  // A poll consumes the proof in any case.
  const poll = pollDevice(db, deps.moment, text, caller.client.id, caller.singleUses);
  const polled = await decideWithProof(deps.databases, shard, caller.singleUses, poll);
  if (!polled) throw invalidGrant('the device code was issued to another client, or has expired.');
  const approved = requireApproval(polled.device, polled.tooSoon, deps.moment.now);
  return redeem(deps, caller, { db, shard, requested }, approved);
};

const invalidGrant = (description: string) => new OAuthError('invalid_grant', description);

/** The approved device. @throws OAuthError until the user has approved (RFC 8628 §3.5). */
function requireApproval(device: DeviceCode, tooSoon: boolean, now: number): ApprovedDevice {
  // An approval just before expiry stays valid for a minute.
  const until = device.decision === 'allowed' ? (device.decidedAt ?? 0) + MINUTE : 0;
  if (Math.max(device.expiresAt, until) <= now) {
    throw new OAuthError('expired_token', 'the device code has expired: start again.');
  }
  if (device.decision === 'denied')
    throw new OAuthError('access_denied', 'the user denied the request.', { status: 400 });
  // RFC 8628 §3.5: slow_down: the interval MUST be increased by 5 seconds for this and all subsequent requests.
  if (tooSoon) throw new OAuthError('slow_down', `poll again in ${device.interval + 5} seconds, and not more often.`);
  const { grantId, userId, sessionId, decidedAt } = device;
  if (!grantId || !userId || !sessionId || decidedAt === null) {
    throw new OAuthError(
      'authorization_pending',
      `the user has not decided yet: poll again in ${device.interval} seconds.`,
    );
  }
  return { ...device, grantId, userId, sessionId, decidedAt };
}

type DecisionMember = 'grantId' | 'userId' | 'sessionId' | 'decidedAt';
type ApprovedDevice = DeviceCode & { [K in DecisionMember]: NonNullable<DeviceCode[K]> };
type DeviceTarget = { db: Database; shard: string; requested: string[] };

async function redeem(
  deps: Deps,
  caller: AuthenticatedClient,
  { db, shard, requested }: DeviceTarget,
  device: ApprovedDevice,
) {
  const { client, thumbprint } = caller;
  const { resources, grantId, userId } = device;
  // RFC 8707 §2.2: one of the granted resources, the first by default.
  if (requested.some((one) => !resources.includes(one))) {
    throw new OAuthError('invalid_target', 'resource was not part of the device authorization request.');
  }
  const { issuer } = deps.config;
  const resource = await withRegistry(deps, (registry) => targetResource(requested[0], resources, issuer, registry));
  const settings = await deps.settings();
  const { now } = deps.moment;
  const expiresAt = now + settings.grant_days * DAY;
  // A session of its own: signing out in the browser does not sign out the device.
  const sessionId = newSessionId(shard);
  const id = newTokenId(shard);
  const redeemed = async ({ scopes: approved, snapshot }: ValidatedApproval) => {
    const { scopes, minutes } = await tokenParametersFor(deps, resource, approved, thumbprint);
    const grant = {
      id: grantId,
      clientId: client.id,
      userId,
      sessionId,
      scopes: approved,
      resources,
      claims: [],
      jkt: refreshTokenThumbprint(caller),
      authorizedAt: device.decidedAt,
      expiresAt,
      authTime: device.authTime,
      idTokenClaims: [],
      amr: [],
      acr: undefined,
    };
    const token = { id, scopes, resource, expiresAt: now + minutes * MINUTE };
    // Repeated polling after a lost response is no replay attack: the device code was never part of a URL.
    const redemption = await redeemGrant(db, deps.moment, grant, token, Number.POSITIVE_INFINITY, [], snapshot);
    const { outcome, attributesCutoff } = redemption;
    return outcome === 'client changed' ? outcome : { outcome, attributesCutoff, token, approved };
  };
  const approval = { scopes: device.scopes, resources, userId, approvedAt: device.decidedAt };
  const isNeeded = needsUser({ client, settings, scopes: device.scopes, resource });
  const redemption = withValidApproval(deps, client, approval, redeemed);
  const [{ outcome, token, approved }, user] = await withUserAlongside(deps, isNeeded ? userId : undefined, redemption);
  if (outcome !== 'granted') {
    throw invalidGrant(
      outcome === 'cut off'
        ? 'the user, the application or the consent is no longer allowed.'
        : 'the device code was already used.',
    );
  }
  const refresh = firstRefreshTokenContent(client, { id: grantId, userId, scopes: approved, expiresAt }, now);
  const authentication = { userId, authTime: device.authTime, nonce: undefined, sessionId };
  return issueTokens(deps, caller, { token, grant: grantId, refresh, sub: userId, authentication, user });
}
