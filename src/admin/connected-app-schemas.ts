/** Schemas of the admin API's requests and responses about connected apps and connections. */
import * as z from 'zod';

const time = (what: string) => z.iso.datetime().describe(what);

export const ConnectionTemplateSchema = z.strictObject({
  template: z.string(),
  title: z.string(),
  documentation: z.string().describe('The page of the provider’s documentation that it was taken from.'),
  read: z.string().describe('When it was read.'),
  scopes: z.array(z.string()).describe('What is asked for where nothing else is said.'),
  needs: z.array(z.string()).describe('What must be said beside the client id.'),
});
export const ConnectionTemplateListSchema = z.strictObject({ templates: z.array(ConnectionTemplateSchema) });

export const ConnectionSchema = z.strictObject({
  id: z.string(),
  app: z.string(),
  user: z.string().describe('The id of the user, or "itself" for the app’s own.'),
  issuer: z.string(),
  account: z.string().nullable().describe('What the user is there.'),
  scope: z.string().describe('Scopes, joined by spaces.'),
  state: z.enum(['connected', 'reconnect']),
  reason: z.string().nullable().describe('Why it must be connected again, or what the last failure was.'),
  expires_at: time('When the access token expires, where the provider says.').nullable(),
  failed_at: time('When a refresh failed last.').nullable(),
  created_at: time('When it was made.'),
  refreshed_at: time('When its tokens came.'),
});
export const ConnectionPageSchema = z.strictObject({
  connections: z.array(ConnectionSchema),
  next: z.string().optional().describe('Where the next page begins: send it as "after". None behind the last.'),
});
export const DisconnectedSchema = z.strictObject({
  disconnected: z.literal(true),
  untold: z.string().optional().describe('Why the provider could not be told.'),
});
export const Sealing = z.strictObject({
  sealed_with: z.string().describe('The slot of the root secret in use.'),
  resealed: z.number().describe('How many secrets and tokens were sealed again.'),
  unreadable: z.number().describe('How many no root secret that is left can read.'),
});

/** Schemas by the names that the API reference gives them. */
export const connectedAppResponses = {
  Connection: ConnectionSchema,
  ConnectionPage: ConnectionPageSchema,
  ConnectionTemplate: ConnectionTemplateSchema,
  ConnectionTemplateList: ConnectionTemplateListSchema,
  Disconnected: DisconnectedSchema,
  Sealing,
};
