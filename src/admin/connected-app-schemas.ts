/** What the admin API takes and answers about connected apps and connections, as schemas. */
import * as z from 'zod';
import { PROVIDER_NAMES } from '../client/providers/index.ts';
import {
  CLIENT_AUTH_METHODS,
  ConnectedAppDescription,
  ConnectedAppFields,
  ConnectedAppId,
  DPOP_USES,
} from '../protocol/connected-app.ts';

/** The credentials that a provider gave: left out, this server becomes its client by itself where it can. */
const credentials = {
  client_id: z.string().min(1).max(2000).optional().describe('Who this server is there.'),
  client_secret: z.string().min(1).max(2000).optional().describe('How it proves that. Never shown again.'),
};

export const NewConnectedAppRequest = z.strictObject({
  id: ConnectedAppId.describe('Its name in addresses; it never changes.'),
  template: z.enum(PROVIDER_NAMES).describe('What is known of the provider.'),
  ...credentials,
  ...ConnectedAppDescription.shape,
  name: ConnectedAppFields.shape.name,
});

export const ConnectedAppChangesRequest = z
  .strictObject({ disabled: z.boolean().optional(), ...credentials, ...ConnectedAppFields.shape })
  .refine((changes) => Object.keys(changes).length > 0, { error: 'name at least one thing to change' });

const time = (what: string) => z.iso.datetime().describe(what);

export const ConnectionTemplate = z.strictObject({
  template: z.string(),
  title: z.string(),
  documentation: z.string().describe('The page of the provider’s documentation that it was taken from.'),
  read: z.string().describe('When it was read.'),
  scopes: z.array(z.string()).describe('What is asked for where nothing else is said.'),
  needs: z.array(z.string()).describe('What must be said beside the client id.'),
});
export const ConnectionTemplateList = z.strictObject({ templates: z.array(ConnectionTemplate) });

export const ConnectedApp = z.strictObject({
  id: z.string(),
  template: z.string(),
  ...ConnectedAppDescription.shape,
  dpop: z.enum(DPOP_USES).describe('Whether its tokens are bound to a key of this server (RFC 9449).'),
  issuer: z.string().describe('Whom its credentials and tokens belong to.'),
  metadata: z.string().nullable().describe('Where the server describes itself.'),
  redirect_uri: z.string().describe('What the provider must be told.'),
  client_id: z.string(),
  registered: z.enum(['given', 'document', 'registered']).describe('How this server became its client.'),
  auth_method: z.enum(CLIENT_AUTH_METHODS),
  has_secret: z.boolean(),
  created_at: time('When it was made.'),
  disabled: z.boolean(),
});
export const ConnectedAppList = z.strictObject({ connected_apps: z.array(ConnectedApp) });

export const Connection = z.strictObject({
  id: z.string(),
  app: z.string(),
  person: z.string().describe('The id of the person, or "itself" for the app’s own.'),
  issuer: z.string(),
  account: z.string().nullable().describe('What the person is there.'),
  scope: z.string().describe('Scopes, joined by spaces.'),
  state: z.enum(['connected', 'reconnect']),
  reason: z.string().nullable().describe('Why it must be connected again, or what the last failure was.'),
  expires_at: time('When the access token expires, where the provider says.').nullable(),
  failed_at: time('When a refresh failed last.').nullable(),
  created_at: time('When it was made.'),
  refreshed_at: time('When its tokens came.'),
});
export const ConnectionPage = z.strictObject({
  connections: z.array(Connection),
  next: z.string().optional().describe('Where the next page begins: send it as "after". None behind the last.'),
});
export const Disconnected = z.strictObject({
  disconnected: z.literal(true),
  untold: z.string().optional().describe('Why the provider could not be told.'),
});
export const Sealing = z.strictObject({
  sealed_with: z.string().describe('The slot of the root secret in use.'),
  resealed: z.number().describe('How many secrets and tokens were sealed again.'),
  unreadable: z.number().describe('How many no root secret that is left can read.'),
});

/** By the names that the reference gives them. */
export const takes = { ConnectedAppChangesRequest, NewConnectedAppRequest };
export const gives = {
  ConnectedApp,
  ConnectedAppList,
  Connection,
  ConnectionPage,
  ConnectionTemplate,
  ConnectionTemplateList,
  Disconnected,
  Sealing,
};
