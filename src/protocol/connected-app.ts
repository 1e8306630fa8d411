/** A connected app: an authorization server at which this one is a client, as an administrator describes it. */
import * as z from 'zod';
import { SCOPE_TOKEN } from './scope.ts';
import { Endpoints } from './server-metadata.ts';

/** It stands in addresses: `/connected-apps/<id>/callback`. */
export const ConnectedAppId = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, 'must be lower-case letters, digits and dashes, beginning with a letter');

/** How this server proves itself there (RFC 6749 §2.3, RFC 7523 §2.2). */
export const CLIENT_AUTH_METHODS = ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'] as const;
export type ClientAuthMethod = (typeof CLIENT_AUTH_METHODS)[number];

/** Whether its tokens are bound to a key of this server (RFC 9449). */
export const DPOP_USES = ['auto', 'always', 'never'] as const;

/** Parameters that the flow itself sets: an administrator may not. */
const OWN_PARAMETERS =
  /^(response_type|client_id|redirect_uri|scope|state|nonce|code_challenge(_method)?|dpop_jkt|request(_uri)?|resource)$/;

const url = z.url({ protocol: /^https?$/ }).max(2000);
const Origin = z
  .string()
  .refine((text) => URL.canParse(text) && new URL(text).origin === text && /^https?:/.test(text), {
    error: 'must be an origin such as https://app.example.com, without a path',
  });

const fields = {
  name: z.string().trim().min(1).max(200).describe('What people know it by.'),
  issuer: url.describe('The issuer, or the address of its metadata: endpoints are found there.'),
  resource: url.describe('The protected resource that its tokens are for, such as an MCP server.'),
  endpoints: Endpoints.partial().strict().describe('Endpoints that metadata does not tell, or that differ.'),
  auth_method: z.enum(CLIENT_AUTH_METHODS).describe('How this server proves itself there.'),
  scopes: z.array(z.string().regex(SCOPE_TOKEN).max(200)).max(100).describe('What is asked for.'),
  query: z
    .record(
      z
        .string()
        .min(1)
        .max(100)
        .refine((name) => !OWN_PARAMETERS.test(name), { error: 'is set by the flow itself' }),
      z.string().max(2000),
    )
    .describe('Further parameters of the authorize address.'),
  api: z
    .array(url)
    .max(20)
    .describe('Where its tokens may be sent: addresses, with everything below them. None means `resource`.'),
  roles: z.array(z.string().max(64)).max(50).describe('Who may connect it; none means everybody.'),
  raw_tokens: z
    .enum(['nobody', 'people', 'workers', 'both'])
    .describe('Who may take tokens out: programs of the person, Workers bound to this one, or both.'),
  dpop: z
    .enum(DPOP_USES)
    .describe(
      'Whether its tokens are bound to a key of this server (RFC 9449), so that nobody else can use them; "auto" (the default) binds them where the server can and raw_tokens is "nobody".',
    ),
  return_to: z.array(Origin).max(20).describe('Other origins that people may be sent back to.'),
};

/** What may be changed: whatever is left out stays. */
export const ConnectedAppFields = z.strictObject(fields).partial();

export const ConnectedAppDescription = z.strictObject({
  ...ConnectedAppFields.shape,
  name: fields.name,
  endpoints: fields.endpoints.default({}),
  roles: fields.roles.default([]),
  raw_tokens: fields.raw_tokens.default('nobody'),
  return_to: fields.return_to.default([]),
});
export type ConnectedAppDescription = z.infer<typeof ConnectedAppDescription>;

/** Who this server is there, and how it came to be: told by an administrator, by its own document, or registered. */
export type AppRegistration = {
  how: 'given' | 'document' | 'registered';
  clientId: string;
  authMethod: ClientAuthMethod;
  /** RFC 7591 §3.2.1: when the secret that the server gave ends, in milliseconds; left out where it does not. */
  secretUntil?: number;
  /** Where this server ends the registration that it made itself (RFC 7592), and the sealed token for that. */
  management?: { uri: string; sealedToken: string };
};

export const callbackPath = (app: string) => `/connected-apps/${app}/callback`;
export const clientDocumentPath = (app: string) => `/connected-apps/${app}/client-metadata.json`;
