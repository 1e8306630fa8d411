/** POST /device_authorization (RFC 8628 §3.1): a device without a browser asks for a code to show. */
import type { Context } from 'hono';
import { randomWord } from '../../crypto/random.ts';
import { newDeviceCode, newDeviceId } from '../../protocol/credentials.ts';
import { DEVICE_PAGE } from '../../protocol/endpoints.ts';
import { MINUTE, SECOND } from '../../protocol/lifetimes.ts';
import { createDeviceCode } from '../../storage/device-codes.ts';
import { spendAll } from '../../storage/spent.ts';
import type { Web } from '../../web/context.ts';
import type { Parameters } from '../../web/parameters.ts';
import type { Caller } from '../clients/authenticate/method.ts';
import { checkGrantType, scopesFor } from '../clients/client.ts';
import { parseResources, scopesKnownAt, withRegistry } from '../resources.ts';
import { deviceCode } from '../token/grants/device-code.ts';
import { formatUserCode, USER_CODE_LENGTH, USER_CODE_LETTERS } from './user-code.ts';

export async function deviceAuthorization(c: Context<Web>, { client, spends }: Caller, form: Parameters) {
  const deps = c.get('deps');
  const { config, databases, moment, place } = deps;
  checkGrantType(client, deviceCode.grantType);
  const settings = await deps.settings();
  const { scopes, resources } = await withRegistry(deps, (registry) => {
    const asked = parseResources(form, config.issuer, registry);
    const named = asked.length > 0 ? asked : [config.issuer];
    const known = scopesKnownAt(named, registry, settings);
    return { resources: named, scopes: scopesFor(client, form.one('scope'), known) };
  });
  const shard = databases.nearest(place);
  const device = {
    ...{ id: newDeviceId(shard), clientId: client.id, scopes, resources },
    ...{ deviceCode: newDeviceCode(shard), userCode: randomWord(USER_CODE_LETTERS, USER_CODE_LENGTH) },
    ...{ expiresAt: moment.now + settings.device_code_minutes * MINUTE, interval: settings.device_poll_seconds },
  };
  await Promise.all([createDeviceCode(databases, shard, moment, device), spendAll(databases.global, moment, spends)]);
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
