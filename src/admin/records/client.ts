/**
 * The fields of a client. A new one that only an administrator sets is one column of the table `clients` and one entry of
 * `ADMINISTERED`; the fields of its metadata stand in client-metadata.ts, the definition of the record in client-record.ts.
 */
import * as z from 'zod';
import { ClaimMapping } from '../../protocol/claim-mapping-schema.ts';
import { CLIENT_CREDENTIALS, REFRESH_TOKEN, TOKEN_EXCHANGE } from '../../protocol/grant-type.ts';
import { IdJagTargets } from '../../protocol/id-jag-targets.ts';
import { isOrigin, ORIGIN_FORM } from '../../protocol/origin.ts';
import { TokenExchangePolicy } from '../../protocol/token-exchange-policy.ts';
import { WorkloadIdentity } from '../../protocol/workload-identity-schema.ts';
import { METADATA_FIELDS } from './client-metadata.ts';
import { type ClientSubject, isConfidential, redirects, signsIn, uses } from './client-subject.ts';
import { type RecordField, shapeOf } from './field.ts';

const Origin = z.string().refine(isOrigin, { error: ORIGIN_FORM });

export const Role = z
  .string()
  .regex(/^[a-z][a-z0-9._-]{0,63}$/, 'must be lower-case letters, digits, dots and dashes, beginning with a letter');

const defined = <Schemas extends Record<string, z.ZodType>>(
  fields: {
    [Name in keyof Schemas]: RecordField<Schemas[Name]> & { help: string };
  },
) => fields;

/** Fields that only an administrator sets. The name in camelCase is the column of the table `clients`. */
export const ADMINISTERED = defined({
  approval: {
    schema: z.enum(['approved', 'refused']).nullable(),
    label: 'Approval',
    help: 'The decision about a client that no administrator created. Refusing it revokes all that it has. Not set: the rules for new clients decide.',
    choices: { '': 'as the settings say', approved: 'approved', refused: 'refused' },
    advanced: true,
  },
  trusted: {
    schema: z.boolean(),
    label: 'Skip consent',
    help: 'Only for applications of your own: users are never asked for consent.',
    when: redirects,
  },
  require_pkce: {
    schema: z.boolean(),
    label: 'Require PKCE',
    help: 'Whether authorization requests must have a code_challenge (RFC 7636). Disable it only for a confidential client that cannot send one: all its redirect URIs must be https, redirect_uri is then required at the token endpoint, and a code_challenge that it sends is still enforced.',
    when: (client: ClientSubject) => redirects(client) && isConfidential(client),
    advanced: true,
  },
  omit_iss: {
    schema: z.boolean(),
    label: 'Omit iss from authorization responses',
    help: 'Only for a client that rejects a response with iss (RFC 9207), such as Apache mod_auth_openidc. Without iss, a client of several authorization servers cannot detect a mix-up attack, in which one of them is sent the code of another: register a redirect URI of its own for this server (RFC 9700 §4.4.2).',
    when: redirects,
    advanced: true,
  },
  roles: {
    schema: z.array(Role).max(50),
    label: 'Required roles',
    known: 'rolesInUse',
    help: 'Only users with one of these roles may use the client. Not set: all users.',
    option: 'role',
  },
  require_second_factor: {
    schema: z.boolean(),
    label: 'Require a second factor',
    help: 'Users sign in with a passkey, or with the code of an authenticator app after any other method, before they authorize the client; who has none sets it up. What was approved without one is not refreshed.',
    when: signsIn,
  },
  allowed_origins: {
    schema: z.array(Origin).max(50),
    label: 'Allowed origins (CORS)',
    display: 'lines',
    help: 'Origins whose pages may call this server as this client, such as https://app.example.com.',
    option: 'origin',
  },
  refresh_grace_seconds: {
    schema: z.number().int().min(0).max(3600).nullable(),
    label: 'Refresh token grace period (seconds)',
    help: 'How long a rotated refresh token still returns the same successor. Not set: as the setting says.',
    when: uses(REFRESH_TOKEN),
    advanced: true,
  },
  claims_in_id_token: {
    schema: z.enum(['include', 'omit']).nullable(),
    label: 'User claims in ID tokens',
    help: 'Whether the claims of the granted scopes profile, email and roles stand in id_tokens of this client, or at /userinfo only. Not set: as the setting says.',
    choices: { include: 'in the id_token and at /userinfo', omit: 'at /userinfo only' },
    when: signsIn,
    advanced: true,
  },
  claim_mapping: {
    schema: ClaimMapping.nullable(),
    label: 'Claim mapping',
    help: 'Claims to rename or add, by their names. {"groups": {"from": "roles"}} is opened by the scope roles; "scope" names another. "value" instead of "from" is a constant; "in" says where: id_token, userinfo; "resources" names those whose access tokens hold it.',
    when: signsIn,
    advanced: true,
  },
  acts_as: {
    schema: z.string().max(254).nullable(),
    label: 'Acts as user',
    display: 'user',
    help: 'The user, by id or e-mail address, whom tokens of client credentials are issued for. Not set: the client itself.',
    when: uses(CLIENT_CREDENTIALS),
    advanced: true,
  },
  workload: {
    schema: WorkloadIdentity.nullable(),
    label: 'Workload identity',
    help: 'The JWTs of another issuer by which it authenticates, or which are its grant (JWT bearer), without a secret or key of its own: {"issuer": "https://token.actions.githubusercontent.com", "subjects": ["repo:acme/app:ref:refs/heads/main"]}. In subjects * is text without : and /, and ** at the end any text; "claims" names further claims, "audience" another audience than this server. The authentication method is private_key_jwt, and JWKS or JWKS URI are the keys of the issuer; or spiffe_jwt, where the issuer is the trust domain, spiffe://example.com, and JWKS URI is its bundle. Not set: it signs its assertions itself.',
    when: isConfidential,
    advanced: true,
  },
  exchange: {
    schema: TokenExchangePolicy.nullable(),
    label: 'Token exchange policy',
    help: 'What the client may exchange tokens for (RFC 8693). Not set: nothing.',
    when: uses(TOKEN_EXCHANGE),
    advanced: true,
  },
  id_jag: {
    schema: IdJagTargets.nullable(),
    label: 'Identity assertions for other servers (ID-JAG)',
    help: 'The authorization servers, by issuer, for which the client may exchange an id_token of its user for an identity assertion: {"https://chat.example.com": {"client_id": "its ID there", "scopes": ["chat.read"]}}. Not set: none.',
    when: uses(TOKEN_EXCHANGE),
    advanced: true,
  },
});

export type AdministeredName = keyof typeof ADMINISTERED;
export const AdministeredShape = shapeOf(ADMINISTERED);

/** Every field of a client that a request sets, in the order in which they are shown. */
export const CLIENT_FIELDS: Readonly<Record<string, RecordField>> = { ...METADATA_FIELDS, ...ADMINISTERED };
