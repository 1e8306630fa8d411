/** This server as the client of the provider of a record: a connected app or a social login. */
import type { ClientAuthMethod } from '../protocol/authentication-method.ts';
import type { ConnectedAppDescription } from '../protocol/connected-app.ts';
import type { Endpoints } from '../protocol/server-metadata.ts';
import type { Provider } from '../providers/provider.ts';
import { clientAuthenticationFor } from './client-authentication.ts';
import { usesDpop } from './dpop-proofs.ts';
import { type ProviderClient, type ProviderClientDeps, withIssuerTemplate } from './provider-client.ts';
import { type StoredServer, serverOfRecord } from './record-metadata.ts';

type ClientRecord = {
  stored: StoredServer;
  /** The configured endpoints, which take precedence over metadata. */
  endpoints: Partial<Endpoints>;
  description: Pick<ConnectedAppDescription, 'auth_method' | 'dpop' | 'pkce' | 'raw_tokens'>;
  authMethod: ClientAuthMethod;
  clientSecret: string | undefined;
  /** Stores the alternative authentication method in the record. */
  saveAuthMethod: (method: ClientAuthMethod) => Promise<void>;
};

/**
 * The part of the client that follows from its record alone, with the current metadata of the server.
 * @throws ProviderFailure
 */
export async function clientOfRecord(
  deps: ProviderClientDeps,
  provider: Provider,
  { stored, endpoints, description, authMethod, clientSecret, saveAuthMethod }: ClientRecord,
): Promise<Omit<ProviderClient, 'clientId' | 'redirectUri' | 'query'>> {
  const server = await serverOfRecord(deps, provider, stored, endpoints);
  const { auth_method: chosen, pkce } = description;
  return {
    provider,
    server: withIssuerTemplate(server),
    ...clientAuthenticationFor(
      server,
      { method: authMethod, chosen, clientSecret, keys: deps.config.signers },
      saveAuthMethod,
    ),
    pkce,
    usesDpop: usesDpop(description, server),
  };
}
