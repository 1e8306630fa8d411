/** The built-in clients, which have no row: the administration command and the playground. */
import type { Config } from '../../config.ts';
import { NO_AUTHENTICATION } from '../../protocol/authentication-method.ts';
import type { ClientMetadata } from '../../protocol/client-metadata.ts';
import { AUTHORIZATION_CODE, REFRESH_TOKEN } from '../../protocol/grant-type.ts';
import {
  ADMIN_SCOPE,
  EMAIL_SCOPE,
  OFFLINE_ACCESS,
  OPENID_SCOPE,
  PROFILE_SCOPE,
  ROLES_SCOPE,
} from '../../protocol/scope-names.ts';
import type { Settings } from '../../protocol/settings.ts';
import { newClientRow } from '../../storage/clients/clients.ts';
import type { Client } from './client.ts';

/** The client of `npm run admin -- --url …`. */
const COMMAND_CLIENT = 'postern-command';

/** The page that demonstrates the flow in the browser. */
const PLAYGROUND_CLIENT = 'playground';

/** @returns true if the setting enables the playground here. */
export function isPlaygroundEnabled(config: Config, settings: Settings): boolean {
  return settings.playground === 'on' || (settings.playground === 'localhost' && config.isLoopback);
}

/** The built-in client with this id, if enabled. */
export function builtInClient(id: string, config: Config, settings: Settings): Client | undefined {
  if (id === COMMAND_CLIENT) {
    return builtIn(id, {
      client_name: 'Postern administration command',
      redirect_uris: ['http://127.0.0.1/callback'],
      scope: [OPENID_SCOPE, ADMIN_SCOPE].join(' '),
      application_type: 'native',
    });
  }
  if (id === PLAYGROUND_CLIENT && isPlaygroundEnabled(config, settings)) {
    return builtIn(id, {
      client_name: 'Postern playground',
      redirect_uris: [`${config.issuer}/playground`],
      scope: [OPENID_SCOPE, PROFILE_SCOPE, EMAIL_SCOPE, ROLES_SCOPE, OFFLINE_ACCESS].join(' '),
      client_uri: config.issuer,
    });
  }
  return undefined;
}

type BuiltInMetadata = Pick<ClientMetadata, 'redirect_uris'> & Partial<ClientMetadata>;

function builtIn(id: string, own: BuiltInMetadata): Client {
  const metadata = {
    token_endpoint_auth_method: NO_AUTHENTICATION,
    grant_types: [AUTHORIZATION_CODE, REFRESH_TOKEN],
    response_types: ['code'],
    ...own,
  };
  // The last use in the far future: "last used" is never written.
  const row = newClientRow({ id, origin: 'administrator', metadata, lastUsedAt: Number.MAX_SAFE_INTEGER }, 0);
  return { ...row, readAt: Number.MAX_SAFE_INTEGER };
}
