/** `device_code` (RFC 8628 §3.4, §3.5): a device asks until its person has answered. */
import { newSessionId, newTokenId, shardOfDeviceCode } from '../../../protocol/credentials.ts';
import { DAY, MINUTE } from '../../../protocol/lifetimes.ts';
import { OAuthError } from '../../../protocol/oauth-error.ts';
import type { Database } from '../../../storage/database.ts';
import { type DeviceCode, pollDevice } from '../../../storage/device-codes.ts';
import { redeemGrant } from '../../../storage/grants.ts';
import { spendIn } from '../../../storage/spent.ts';
import type { Deps } from '../../../web/context.ts';
import type { Caller } from '../../clients/authenticate/method.ts';
import { parseResources, tokenAt, withRegistry } from '../../resources.ts';
import { issueTokens, refreshKey } from '../issue.ts';
import type { Grant } from './grant.ts';

export const deviceCode: Grant = {
  grantType: 'urn:ietf:params:oauth:grant-type:device_code',
  registeredBy: 'anybody',
  confidentialOnly: false,
  async handle(deps, caller, form) {
    const text = form.required('device_code');
    const shard = shardOfDeviceCode(text);
    const db = shard === undefined ? undefined : deps.databases.shard(shard);
    if (shard === undefined || !db) throw refused('the device code is not one of ours.');
    const { issuer } = deps.config;
    const asked = await withRegistry(deps, (registry) => parseResources(form, issuer, registry));
    // A poll uses the proof up, whatever its answer is.
    const poll = pollDevice(db, deps.moment, text, caller.client.id, caller.spends);
    const polled = await spendIn(deps.databases, shard, caller.spends, poll);
    if (!polled) throw refused('the device code is not one of this client, or it has expired.');
    const answered = judge(polled.device, polled.tooSoon, deps.moment.now);
    return redeem(deps, caller, { db, shard, asked }, answered);
  },
};

const refused = (description: string) => new OAuthError('invalid_grant', description);

/** RFC 8628 §3.5: what the device is told until the person has allowed it. */
function judge(device: DeviceCode, tooSoon: boolean, now: number): Allowed {
  // Whoever answered in the last seconds is not told that it worked in vain.
  const until = device.decision === 'allowed' ? (device.decidedAt ?? 0) + MINUTE : 0;
  if (Math.max(device.expiresAt, until) <= now) {
    throw new OAuthError('expired_token', 'the device code has expired: begin anew.');
  }
  if (device.decision === 'denied') throw new OAuthError('access_denied', 'the person did not agree.', { status: 400 });
  // RFC 8628 §3.5: slow_down: the interval MUST be increased by 5 seconds for this and all subsequent requests.
  if (tooSoon) throw new OAuthError('slow_down', `ask again in ${device.interval + 5} seconds, and not more often.`);
  const { grantId, personId, sessionId, authTime, decidedAt } = device;
  if (!grantId || !personId || !sessionId || authTime === null || decidedAt === null) {
    throw new OAuthError(
      'authorization_pending',
      `the person has not answered yet: ask again in ${device.interval} seconds.`,
    );
  }
  return { ...device, grantId, personId, sessionId, authTime, decidedAt };
}

type Answered = 'grantId' | 'personId' | 'sessionId' | 'authTime' | 'decidedAt';
type Allowed = DeviceCode & { [K in Answered]: NonNullable<DeviceCode[K]> };
type Place = { db: Database; shard: string; asked: string[] };

async function redeem(deps: Deps, caller: Caller, { db, shard, asked }: Place, device: Allowed) {
  const { client, thumbprint } = caller;
  const { resources, grantId, personId } = device;
  // RFC 8707 §2.2: it narrows this access token to one of those that were granted; the first by default.
  if (asked.some((one) => !resources.includes(one))) {
    throw new OAuthError('invalid_target', 'resource was not part of the device authorization request.');
  }
  const resource = asked[0] ?? resources[0] ?? deps.config.issuer;
  const [settings, { scopes, minutes }] = await Promise.all([
    deps.settings(),
    tokenAt(deps, resource, device.scopes, thumbprint),
  ]);
  const { now } = deps.moment;
  // A session of its own: who signs out in the browser that allowed the device leaves the device as it is.
  const sessionId = newSessionId(shard);
  const grant = {
    ...{ id: grantId, clientId: client.id, personId, sessionId, scopes: device.scopes, resources, claims: [] },
    ...{ jkt: refreshKey(caller), bornAt: device.decidedAt, expiresAt: now + settings.grant_days * DAY },
  };
  const token = { id: newTokenId(shard), scopes, resource, expiresAt: now + minutes * MINUTE };
  // A device that goes on asking has lost an answer; it is no thief, for its code never was in anybody's address bar.
  const outcome = await redeemGrant(db, deps.moment, grant, token, Number.POSITIVE_INFINITY, []);
  if (outcome !== 'granted') {
    throw refused(
      outcome === 'cut off'
        ? 'the person, the application or the consent is no longer allowed.'
        : 'the device code was used already.',
    );
  }
  const generation = client.metadata.grant_types.includes('refresh_token') ? 0 : undefined;
  const authentication = { personId, authTime: device.authTime, nonce: undefined, sessionId };
  return issueTokens(deps, caller, { token, grant: grantId, generation, sub: personId, authentication });
}
