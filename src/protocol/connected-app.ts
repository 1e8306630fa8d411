/** The record of a connected app: an authorization server where this server is a client. */
import * as z from 'zod';
import { CLIENT_AUTH_METHODS, type ClientAuthMethod } from './authentication-method.ts';
import { PlainText } from './plain-text.ts';
import { SCOPE_TOKEN } from './scope.ts';
import { Endpoints } from './server-metadata.ts';

/** The id, which is part of paths: `/connected-apps/<id>/callback`. */
export const ConnectedAppId = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, 'must be lower-case letters, digits and dashes, beginning with a letter');

/** The use of DPoP for its tokens (RFC 9449). */
export const DPOP_USES = ['auto', 'always', 'never'] as const;

/** The use of PKCE (RFC 7636). */
export const PKCE_USES = ['auto', 'always', 'never'] as const;

/** Parameters that the flow itself sets, and an administrator cannot. */
const FLOW_PARAMETERS =
  /^(response_type|client_id|redirect_uri|scope|state|nonce|code_challenge(_method)?|dpop_jkt|request(_uri)?|resource)$/;

const url = z.url({ protocol: /^https?$/ }).max(2000);
const Origin = z
  .string()
  .refine((text) => URL.canParse(text) && new URL(text).origin === text && /^https?:/.test(text), {
    error: 'must be an origin such as https://app.example.com, without a path',
  });

const fields = {
  name: PlainText.trim().min(1).max(200).describe('The name that users see.'),
  issuer: url.describe('The issuer, or the URL of its metadata, which names the endpoints.'),
  resource: url.describe('The protected resource that its tokens are for (RFC 8707), such as an MCP server.'),
  endpoints: Endpoints.partial().strict().describe('Endpoints that metadata does not name, or that override it.'),
  auth_method: z.enum(CLIENT_AUTH_METHODS).describe('The client authentication method of this server at the provider.'),
  scopes: z.array(z.string().regex(SCOPE_TOKEN).max(200)).max(100).describe('The requested scopes.'),
  query: z
    .record(
      z
        .string()
        .min(1)
        .max(100)
        .refine((name) => !FLOW_PARAMETERS.test(name), { error: 'is set by the flow itself' }),
      z.string().max(2000),
    )
    .describe('Further parameters of the authorization request.'),
  api: z
    .array(url)
    .max(20)
    .describe('URLs that its tokens may be sent to, with every path below them. Empty: the resource.'),
  roles: z
    .array(z.string().max(64))
    .max(50)
    .describe('Roles of which users need one to connect it. Empty: every user.'),
  raw_tokens: z
    .enum(['nobody', 'users', 'workers', 'both'])
    .describe('Recipients of raw tokens: API clients of the user, Workers with a service binding, or both.'),
  dpop: z
    .enum(DPOP_USES)
    .describe(
      'DPoP (RFC 9449): "auto" (the default) binds tokens to a key of this server where the provider supports it and raw_tokens is "nobody"; "always" requires it, "never" disables it.',
    ),
  pkce: z
    .enum(PKCE_USES)
    .describe(
      'PKCE (RFC 7636): "auto" (the default) sends a challenge unless the metadata excludes S256, "always" requires that the metadata names S256, "never" sends none, for providers that refuse it: then the nonce of OpenID Connect protects the code.',
    ),
  return_to: z.array(Origin).max(20).describe('Further origins that users may be redirected to afterwards.'),
};

/** The members of an update: an omitted member is not changed. */
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

/** The client registration of this server there: set by an administrator, by CIMD, or by Dynamic Client Registration. */
export type AppRegistration = {
  how: 'given' | 'document' | 'registered';
  clientId: string;
  authMethod: ClientAuthMethod;
  /** Expiry of the client secret (RFC 7591 §3.2.1), in milliseconds; absent where it never expires. */
  secretUntil?: number;
  /** The registration management endpoint (RFC 7592) of a dynamic registration, and its sealed token. */
  management?: { uri: string; sealedToken: string };
};

export const connectedAppCallbackPath = (app: string) => `/connected-apps/${app}/callback`;
export const clientDocumentPath = (app: string) => `/connected-apps/${app}/client-metadata.json`;
