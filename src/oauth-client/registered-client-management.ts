/** Management of a dynamic registration of this server at another one (RFC 7592). */
import type * as oauth from 'oauth4webapi';
import { OutboundFailure } from '../http/outbound/outbound-budget.ts';
import { PROTOCOL_LIMITS, safeSend } from '../http/outbound/safe-fetch.ts';
import type { AppRegistration } from '../protocol/connected-app.ts';
import { openManagementToken, sealManagementToken } from '../storage/providers/connected-app-secrets.ts';
import type { ConnectedApp } from '../storage/providers/connected-apps.ts';
import type { ProviderClientDeps } from './provider-client.ts';

/** The registration management of the answer (RFC 7592 §3): an address and a token. */
export async function managementIn(
  { config }: ProviderClientDeps,
  app: Pick<ConnectedApp, 'id' | 'issuer'>,
  { registration_client_uri: uri, registration_access_token: token }: oauth.OmitSymbolProperties<oauth.Client>,
): Promise<Pick<AppRegistration, 'management'>> {
  if (typeof uri !== 'string' || typeof token !== 'string' || uri.length > 2000 || token.length > 10_000) return {};
  return { management: { uri, sealedToken: await sealManagementToken(config.root, app, token) } };
}

/**
 * Deletes the dynamic registration of this server (RFC 7592 §2.3).
 * @returns the outcome for the audit log; undefined where there is no registration to delete.
 */
export async function deregister(deps: ProviderClientDeps, app: ConnectedApp): Promise<string | undefined> {
  const { management } = app.registration;
  if (!management) return undefined;
  const token = await openManagementToken(deps.config.root, app);
  if (token === undefined) return 'the token for it cannot be read';
  try {
    const headers = { Authorization: `Bearer ${token}`, Accept: 'application/json' };
    const { status } = await safeSend(deps, management.uri, { method: 'DELETE', headers }, PROTOCOL_LIMITS);
    // RFC 7592 §2.3: 204. 401: the registration does not exist any more.
    return status === 204 || status === 200 ? 'ended' : `answered ${status}`;
  } catch (error) {
    if (error instanceof OutboundFailure) return error.message;
    throw error;
  }
}
