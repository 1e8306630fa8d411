/** `device_code` (RFC 8628 §3.4, §3.5): polling until the user has decided. */
import type { Deps } from '../../../http/context.ts';
import { acrOf } from '../../../protocol/acr.ts';
import { newSessionId, newTokenId, shardOf } from '../../../protocol/credentials.ts';
import { DAY, MINUTE } from '../../../protocol/lifetimes.ts';
import { invalidGrant, OAuthError } from '../../../protocol/oauth-error.ts';
import { type DeviceCode, pollDevice } from '../../../storage/grants/device-codes.ts';
import { redeemGrant } from '../../../storage/grants/redeem-grant.ts';
import type { AuthenticatedClient } from '../../clients/authenticate/method.ts';
import { parseResources, targetResource, withRegistry } from '../../resources.ts';
import { withApprovedToken } from '../../use-approval.ts';
import { needsUser } from '../id-token.ts';
import { firstRefreshTokenContent, issueTokens, refreshTokenThumbprint } from '../issue.ts';
import type { GrantHandler } from './grant-handler.ts';

export const deviceCode: GrantHandler = async (deps, caller, form) => {
  const text = form.required('device_code');
  const { issuer } = deps.config;
  const requested = await withRegistry(deps, (registry) => parseResources(form, issuer, registry));
  // A poll uses the proof in any case.
  const polled = await pollDevice(deps.databases, deps.moment, text, caller.client.id, caller.singleUses);
  if (polled === undefined) throw invalidGrant('the device code was not issued by this server.');
  if (polled === null) throw invalidGrant('the device code was issued to another client, or has expired.');
  return redeem(deps, caller, requested, requireApproval(polled.device, polled.tooSoon, deps.moment.now));
};

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

async function redeem(deps: Deps, caller: AuthenticatedClient, requested: string[], device: ApprovedDevice) {
  const { client } = caller;
  const { resources, grantId, userId } = device;
  // RFC 8707 §2.2: one of the granted resources, the first by default.
  if (requested.some((one) => !resources.includes(one))) {
    throw new OAuthError('invalid_target', 'resource was not part of the device authorization request.');
  }
  const { issuer } = deps.config;
  const resource = await withRegistry(deps, (registry) => targetResource(requested[0], resources, issuer, registry));
  const settings = await deps.settings();
  const { now } = deps.moment;
  const shard = shardOf(grantId);
  const newGrant = {
    id: grantId,
    clientId: client.id,
    userId,
    // A session of its own: signing out in the browser does not sign out the device.
    sessionId: newSessionId(shard),
    resources,
    claims: [],
    jkt: refreshTokenThumbprint(caller),
    authorizedAt: device.decidedAt,
    expiresAt: now + settings.grant_days * DAY,
    authTime: device.authTime,
    idTokenClaims: [],
    amr: device.amr,
    acr: acrOf(device.amr, []),
  };
  const id = newTokenId(shard);
  const attributesOf = needsUser({ client, settings, scopes: device.scopes, resource }) ? userId : undefined;
  const { scopes, amr, decidedAt } = device;
  const approval = { scopes, resources, userId, amr, approvedAt: decidedAt };
  const redeemed = await withApprovedToken(deps, caller, resource, approval, ({ scopes, snapshot, token }) =>
    redeemGrant(deps.databases, deps.moment, {
      grant: { ...newGrant, scopes },
      token: { ...token, id },
      // Repeated polling after a lost response is no replay attack: the device code was never part of a URL.
      replayAfter: Number.POSITIVE_INFINITY,
      singleUses: [],
      snapshot,
      attributesOf,
    }),
  );
  const { outcome, grant, token, user } = redeemed;
  if (outcome !== 'granted') {
    throw invalidGrant(
      outcome === 'cut off'
        ? 'the user, the application or the consent is no longer allowed.'
        : 'the device code was already used.',
    );
  }
  const refresh = firstRefreshTokenContent(client, grant, now);
  const authentication = { ...grant, userId, nonce: undefined };
  return issueTokens(deps, caller, { token, grant: grantId, refresh, sub: userId, authentication, user });
}
