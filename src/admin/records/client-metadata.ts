/**
 * The fields of a client's metadata: what a client registers (RFC 7591 §2). A new one is one member of `MetadataMembers`
 * and one entry here. An administrator sets them for the clients that an administrator created.
 */

import * as z from 'zod';
import {
  CLIENT_METHOD_LABELS,
  CLIENT_SECRET_BASIC,
  CLIENT_SECRET_POST,
  KEYED_METHODS,
} from '../../protocol/authentication-method.ts';
import { ClientMetadataSchema } from '../../protocol/client-metadata-members.ts';
import { GRANT_TYPE_LABELS } from '../../protocol/grant-type.ts';
import { redirectUriProblem } from '../../protocol/redirect-uri.ts';
import { SCOPE_TOKEN } from '../../protocol/scope.ts';
import { type MetadataField, PROTOCOL_METADATA } from './client-protocol-metadata.ts';
import { hasKeys, redirects } from './client-subject.ts';
import type { RecordField } from './field.ts';

type MetadataName = keyof typeof ClientMetadataSchema.shape;

/** Client metadata that a client registers (RFC 7591 §2), or an administrator for the clients that an administrator created. */
export const METADATA = {
  client_name: {
    label: 'Name',
    sort: 'name',
    help: 'The name that users read on the consent page.',
    option: 'name',
    required: () => true,
  },
  redirect_uris: {
    label: 'Redirect URIs',
    sort: 'address',
    display: 'lines',
    help: 'Where the user returns to after authorizing, compared exactly: https, http on loopback, or the private-use scheme of an app, such as com.example.app:/callback.',
    option: 'redirect-uri',
    when: redirects,
    required: redirects,
  },
  post_logout_redirect_uris: {
    label: 'Post-logout redirect URIs',
    display: 'lines',
    help: 'Where the user may return to after signing out (OpenID Connect RP-Initiated Logout).',
    option: 'post-logout-redirect-uri',
    when: redirects,
  },
  token_endpoint_auth_method: {
    label: 'Client authentication',
    help: 'How the client authenticates at the token endpoint: with a secret (client_secret_basic, client_secret_post, or either where no method is set), private_key_jwt with a key of its own, spiffe_jwt with the JWT-SVID of a SPIFFE workload, none for a public client.',
    option: 'auth-method',
    from: 'authMethods',
    choices: {
      '': `${CLIENT_SECRET_BASIC} or ${CLIENT_SECRET_POST}: secret in either place`,
      ...CLIENT_METHOD_LABELS,
    },
  },
  grant_types: {
    label: 'Grant types',
    display: 'lines',
    help: 'The grants that the client may use at the token endpoint.',
    option: 'grant-type',
    from: 'grantTypes',
    choices: GRANT_TYPE_LABELS,
  },
  jwks_uri: {
    label: 'JWKS URI',
    help: "The address of the client's public keys, for private_key_jwt; of the bundle of its trust domain, for spiffe_jwt.",
    when: hasKeys,
    required: ({ token_endpoint_auth_method: method, jwks }) =>
      KEYED_METHODS.some((keyed) => keyed === method) && jwks === undefined,
  },
  jwks: {
    label: 'JWKS',
    help: "The client's public keys themselves, for private_key_jwt without an address.",
    when: hasKeys,
    advanced: true,
  },
  scope: {
    label: 'Scopes',
    known: 'scopes',
    help: 'The scopes that the client may request, separated by spaces. Not set: all that the metadata lists.',
  },
  client_uri: { label: 'Home page', help: 'The home page of the application, shown on the consent page.' },
  logo_uri: { label: 'Logo', help: 'An https address. This server fetches it and shows it on the consent page.' },
  policy_uri: { label: 'Privacy policy', help: 'A page that says how the application uses data.', advanced: true },
  tos_uri: { label: 'Terms of service', help: "A page with the application's terms of service.", advanced: true },
  contacts: {
    label: 'Contacts',
    help: 'Whom to ask about this client, such as e-mail addresses.',
    option: 'contact',
    advanced: true,
  },
  application_type: {
    label: 'Application type',
    help: 'web or native (OpenID Connect Dynamic Client Registration §2). Kept and returned; it decides nothing.',
    advanced: true,
  },
  ...PROTOCOL_METADATA,
} as const satisfies Record<MetadataName, MetadataField>;

/** Validates redirect URIs one by one, so that a form can show which are wrong; parsing the metadata validates them again. */
const RedirectUris = z.array(
  z.string().superRefine((uri, context) => {
    const message = redirectUriProblem(uri);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  }),
);

const Scopes = z
  .string()
  .max(2000)
  .refine((text) => text.split(/\s+/).every((name) => name === '' || SCOPE_TOKEN.test(name)), {
    error: 'must be names with spaces between them, of printable characters without quotation marks and backslashes',
  });

/** Makes optional members nullable: null removes the value. */
function nullable<Shape extends Record<string, z.ZodType>>(shape: Shape): Record<keyof Shape, z.ZodType> {
  const entries = Object.entries(shape).map(([name, schema]) => [
    name,
    schema instanceof z.ZodOptional ? schema.nullable() : schema,
  ]);
  return Object.fromEntries(entries);
}

/** The schemas that forms validate metadata with, field by field. */
const FORM_SCHEMAS: Record<MetadataName, z.ZodType> = {
  ...nullable(ClientMetadataSchema.shape),
  redirect_uris: RedirectUris,
  post_logout_redirect_uris: RedirectUris,
  scope: Scopes,
};

/** The fields of the metadata, in the order in which they are shown. */
export const METADATA_FIELDS: Readonly<Record<string, RecordField>> = Object.fromEntries(
  Object.entries(METADATA).map(([name, field]) => [
    name,
    { ...field, schema: FORM_SCHEMAS[name as MetadataName], within: 'metadata' },
  ]),
);

export const isMetadata = (name: string): boolean => Object.hasOwn(METADATA, name);
