/** Requests and answers of the imports of the admin API; the command validates with them before it sends anything. */
import * as z from 'zod';
import { importedIterations } from '../../crypto/imported-password.ts';
import { Role } from '../records/client.ts';
import { NewUserRequest } from '../records/user.ts';

/** The records of a request, at most; its body is bounded besides. */
const MAX_IMPORTED = 200;

const common = {
  source: z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/, 'must be printable characters without spaces')
    .describe('The server that the records come from. The same record of the same source is imported once.'),
  dry_run: z.boolean().default(false).describe('Says what would be imported, and imports nothing.'),
};

const name = z.string().min(1).max(254).describe('The name or id of the record at the source.');

export const ImportedUser = z.strictObject({
  source_name: name,
  ...NewUserRequest.shape,
  disabled: z.boolean().default(false),
  password_hash: z
    .string()
    .max(2000)
    .refine((text) => importedIterations(text) !== undefined, 'is no password hash that can be verified here')
    .nullable()
    .default(null)
    .describe('In the form of passlib: $pbkdf2-sha256$iterations$salt$key, or $frappel$… over the hash of MySQL 4.1.'),
});

export const ImportUsersRequest = z.strictObject({
  ...common,
  users: z.array(ImportedUser).min(1).max(MAX_IMPORTED),
});

const Secret = z.string().regex(/^[\x20-\x7e]{1,500}$/, 'must be printable ASCII characters');

export const ImportedClient = z.strictObject({
  client_id: z
    .string()
    .regex(/^(?![a-z]{1,2}_)[A-Za-z0-9][A-Za-z0-9._-]{0,139}$/, 'is no client ID that can be kept')
    .describe('As the clients have it: it stays the same.'),
  client_secret: Secret.optional().describe('As the clients have it: it stays valid.'),
  metadata: z.record(z.string(), z.unknown()).describe('Client metadata (RFC 7591 section 2).'),
  dynamic: z.boolean().default(false).describe('Whether it registered itself (RFC 7591).'),
  trusted: z.boolean().default(false).describe('Whether its users are never asked for consent.'),
  roles: z.array(Role).max(50).default([]).describe('Roles of which a user needs one to use it.'),
});

export const ImportClientsRequest = z.strictObject({
  ...common,
  clients: z.array(ImportedClient).min(1).max(MAX_IMPORTED),
});

export const ImportedApiKey = z.strictObject({
  user: name.describe('The name of its user at the source, who must have been imported from there.'),
  key: z.string().regex(/^[!-9;-~]{1,140}$/, 'must be printable characters without spaces and colons'),
  secret: Secret,
});

export const ImportApiKeysRequest = z.strictObject({
  ...common,
  days: z.number().int().min(1).max(365).default(365).describe('Lifetime in days. Every API key expires.'),
  api_keys: z.array(ImportedApiKey).min(1).max(MAX_IMPORTED),
});

export const ImportedIdentity = z.strictObject({
  user: name.describe('The name of its user at the source, who must have been imported from there.'),
  login: z.string().min(1).max(64).describe('The social login, by its id here.'),
  subject: z.string().min(1).max(255).describe('The subject identifier of the account at the provider.'),
  account: z.string().min(1).max(254).optional().describe('The name of the account, as the user recognises it.'),
});

export const ImportIdentitiesRequest = z.strictObject({
  ...common,
  identities: z.array(ImportedIdentity).min(1).max(MAX_IMPORTED),
});

const Token = z.string().regex(/^[\x21-\x7e]{1,8000}$/, 'must be printable characters without spaces');

export const ImportedConnection = z.strictObject({
  user: name.describe('The name of its user at the source, who must have been imported from there.'),
  app: z.string().min(1).max(64).describe('The connected app, by its id here.'),
  access_token: Token,
  refresh_token: Token.optional().describe('With one, the access token is refreshed before its first use.'),
  scopes: z.array(z.string().max(200)).max(100).default([]).describe('The granted scopes.'),
});

export const ImportConnectionsRequest = z.strictObject({
  ...common,
  connections: z.array(ImportedConnection).min(1).max(MAX_IMPORTED),
});

const ImportOutcome = z.strictObject({
  source_name: name,
  outcome: z
    .enum(['imported', 'exists', 'refused'])
    .describe('exists: it was imported before, and is not changed. With dry_run, imported means that it would be.'),
  reason: z.string().optional().describe('Why it was refused, or what differs from the source.'),
});

export const ImportAnswer = z.strictObject({ outcomes: z.array(ImportOutcome) });
export type ImportOutcome = z.infer<typeof ImportOutcome>;
