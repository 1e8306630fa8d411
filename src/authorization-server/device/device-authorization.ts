/** POST /device_authorization: device authorization requests (RFC 8628 §3.1). */
import type { Context } from 'hono';
import { randomWord } from '../../crypto/random.ts';
import type { Web } from '../../http/context.ts';
import type { Parameters } from '../../http/parameters.ts';
import { bytesOf, countStoredBytes } from '../../http/storage-budget.ts';
import { newDeviceCode, newDeviceId } from '../../protocol/credentials.ts';
import { DEVICE_PAGE } from '../../protocol/endpoints.ts';
import { DEVICE_CODE } from '../../protocol/grant-type.ts';
import { MINUTE, SECOND } from '../../protocol/lifetimes.ts';
import { chooseShard } from '../../storage/database/choose-shard.ts';
import { createDeviceCode } from '../../storage/grants/device-codes.ts';
import { useAllOnce } from '../../storage/grants/single-use.ts';
import type { AuthenticatedClient } from '../clients/authenticate/method.ts';
import { checkGrantType, isRateLimited, requestedScopes } from '../clients/client.ts';
import { parseResources, scopesOfResources, withRegistry } from '../resources.ts';
import { formatUserCode, USER_CODE_LENGTH, USER_CODE_LETTERS } from './user-code.ts';

export async function deviceAuthorization(
  c: Context<Web>,
  { client, singleUses }: AuthenticatedClient,
  form: Parameters,
) {
  const deps = c.get('deps');
  const { config, databases, moment, place } = deps;
  checkGrantType(client, DEVICE_CODE);
  const settings = await deps.settings();
  const { scopes, resources } = await withRegistry(deps, (registry) => {
    const requested = parseResources(form, config.issuer, registry);
    const resources = requested.length > 0 ? requested : [config.issuer];
    const known = scopesOfResources(resources, { issuer: config.issuer, registry, settings });
    return { resources: resources, scopes: requestedScopes(client, form.one('scope'), known) };
  });
  if (isRateLimited(client))
    await countStoredBytes(deps, 'deviceAuthorization', bytesOf(JSON.stringify({ scopes, resources })));
  const shard = await chooseShard(databases, place, moment.now);
  const device = {
    id: newDeviceId(shard),
    clientId: client.id,
    scopes,
    resources,
    deviceCode: newDeviceCode(shard),
    userCode: randomWord(USER_CODE_LETTERS, USER_CODE_LENGTH),
    expiresAt: moment.now + settings.device_code_minutes * MINUTE,
    interval: settings.device_poll_seconds,
  };
  await Promise.all([
    createDeviceCode(databases, shard, moment, device),
    useAllOnce(databases.global, moment, singleUses),
  ]);
  const page = config.issuer + DEVICE_PAGE;
  const userCode = formatUserCode(device.userCode);
  // RFC 8628 §3.2
  return {
    device_code: device.deviceCode,
    user_code: userCode,
    verification_uri: page,
    verification_uri_complete: `${page}?user_code=${userCode}`,
    expires_in: (device.expiresAt - moment.now) / SECOND,
    interval: device.interval,
  };
}
