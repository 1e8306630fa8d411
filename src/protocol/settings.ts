/**
 * Every setting, once: schema with default and bounds, label, help and group. The admin API, OpenAPI, console, command
 * and docs/reference derive from it: a new setting is one entry.
 */
import * as z from 'zod/mini';
import { SIGNING_ALGORITHMS } from '../crypto/jwt.ts';
import { isPlainText, NOT_PLAIN_TEXT } from './control-characters.ts';
import { MAX_TOKEN_LIFETIME, MINUTE } from './lifetimes.ts';
import { newClientRuleProblem } from './new-client-rules.ts';
import { isOrigin, ORIGIN_FORM } from './origin.ts';
import { scopeLineProblem } from './scope.ts';
import { keysOf } from './table.ts';
import { DEFAULT_PRIVATE_USE_SCHEMES, schemeEntryProblem } from './uri-scheme.ts';

/** The groups of the console and the reference, in their order. */
export const SETTING_GROUPS = {
  brand: 'Name and appearance',
  users: 'Sign-in and accounts',
  consent: 'Consent and authorization codes',
  tokens: 'Tokens and grants',
  clients: 'Clients and registration',
  devices: 'Device authorization',
  resource: 'Protected resource and metadata',
  logs: 'Logs',
} as const;
export type SettingGroup = keyof typeof SETTING_GROUPS;

type Definition<Schema extends z.ZodMiniType> = {
  schema: Schema;
  label: string;
  /** The effect, in a sentence or two. */
  help: string;
  group: SettingGroup;
  /** The labels of the values of a choice. */
  choices?: Record<string, string>;
};

const toggle = (value: boolean) => z._default(z.boolean(), value);

/**
 * A list, one entry per line. An entry that its reader would ignore is refused when saved.
 * @param problemOf the error of an entry; undefined for a valid one.
 */
const list = (problemOf: (entry: string) => string | undefined, split = /\n/, value = '') =>
  z._default(
    z.string().check(
      z.maxLength(10_000),
      z.superRefine((text, context) => {
        const entries = text.split(split).map((entry) => entry.trim());
        for (const entry of entries.filter((one) => one !== '')) {
          const problem = problemOf(entry);
          if (problem) context.addIssue(`${JSON.stringify(entry.slice(0, 200))} ${problem}`);
        }
      }),
    ),
    value,
  );
const count = (value: number, min: number, max: number) =>
  z._default(z.int().check(z.minimum(min), z.maximum(max)), value);
const choice = <const Values extends readonly string[]>(values: Values, value: Values[number]) =>
  z._default(z.enum(values), value as never);
const plainText = () => z.string().check(z.refine(isPlainText, NOT_PLAIN_TEXT));

const webAddress = z.url({ protocol: /^https?$/, error: 'must be an http or https address' }).check(z.maxLength(2000));
const link = () => z._default(z.union([z.literal(''), webAddress]), '');

const defineSettings = <Schemas extends Record<string, z.ZodMiniType>>(
  definitions: {
    [Name in keyof Schemas]: Definition<Schemas[Name]>;
  },
) => definitions;

const DEFINITIONS = defineSettings({
  brand_name: {
    schema: z._default(
      plainText().check(z.trim(), z.minLength(1, 'must be a name of 1 to 60 characters'), z.maxLength(60)),
      'Postern',
    ),
    label: 'Server name',
    help: 'The name of this server in the header and title of pages.',
    group: 'brand',
  },
  brand_logo: {
    schema: z._default(
      z.union(
        [
          z.literal(''),
          z.string().check(z.maxLength(500), z.regex(/^\/(?!\/)[\w./-]+$/)),
          webAddress.check(z.maxLength(500)),
        ],
        { error: 'must be a path such as /logo.png, or an http or https address of at most 500 characters' },
      ),
      '',
    ),
    label: 'Logo',
    help: 'The logo in the header of pages: a file of this server, such as /logo.png, or an https address, fetched once a day. PNG, JPEG, GIF or WebP, square, 100 KB at most.',
    group: 'brand',
  },
  brand_colour: {
    schema: z._default(
      z.string().check(z.regex(/^(#[0-9A-Fa-f]{6})?$/, 'must be six hexadecimal digits after #, such as #17604f')),
      '',
    ),
    label: 'Colour',
    help: 'The colour of buttons and links, such as #17604f. It is darkened or lightened where its contrast is too low.',
    group: 'brand',
  },
  playground: {
    schema: choice(['localhost', 'on', 'off'], 'localhost'),
    label: 'Playground',
    help: 'Where the playground on the front page runs: only while the issuer is localhost, everywhere, or nowhere.',
    group: 'brand',
    choices: { localhost: 'only on localhost', on: 'everywhere', off: 'nowhere' },
  },
  sign_up: {
    schema: choice(['deny', 'allow'], 'deny'),
    label: 'Sign-up',
    help: 'Whether new users may create an account without an invitation.',
    group: 'users',
    choices: { deny: 'invited users only', allow: 'open to everyone' },
  },
  password_sign_in: {
    schema: toggle(true),
    label: 'Password sign-in',
    help: 'Let users sign in with a password. It can be disabled only while a social login is complete and enabled, and an administrator can sign in without a password.',
    group: 'users',
  },
  session_idle_hours: {
    schema: count(72, 1, 720),
    label: 'Session idle timeout (hours)',
    help: 'A session that is not used for this long expires.',
    group: 'users',
  },
  session_days: {
    schema: count(30, 1, 365),
    label: 'Session lifetime (days)',
    help: 'A session expires after this long, however often it is used.',
    group: 'users',
  },
  sign_in_account_failures: {
    schema: count(5, 1, 100),
    label: 'Failed sign-ins per account',
    help: 'Wrong passwords for one account before the next attempt has to wait.',
    group: 'users',
  },
  sign_in_address_failures: {
    schema: count(20, 1, 10_000),
    label: 'Failed sign-ins per IP address',
    help: 'Wrong passwords from one IP address before the next attempt has to wait.',
    group: 'users',
  },
  sign_in_window_minutes: {
    schema: count(15, 1, 1440),
    label: 'Window for failed sign-ins (minutes)',
    help: 'The period in which failures are counted together.',
    group: 'users',
  },
  mail_from: {
    schema: z._default(z.union([z.literal(''), z.email('must be an e-mail address').check(z.maxLength(254))]), ''),
    label: 'Sender address of mail',
    help: 'The address that mail of this server is sent from. Mail also needs the binding EMAIL in wrangler.toml.',
    group: 'users',
  },
  mail_failures: {
    schema: count(3, 1, 100),
    label: 'Mails per address',
    help: 'Mails that may be requested for one e-mail address, and ten times as many from one network, before the next has to wait.',
    group: 'users',
  },
  deletion_grace_days: {
    schema: count(30, 0, 365),
    label: 'Grace period of deletion (days)',
    help: 'How long the deletion of a user can be cancelled before their data is deleted for good.',
    group: 'users',
  },
  audit_days: {
    schema: count(365, 1, 3650),
    label: 'Audit log retention (days)',
    help: 'How long events of the audit log are kept.',
    group: 'users',
  },
  skip_authorization: {
    schema: toggle(false),
    label: 'Remember consent',
    help: 'Skip the consent page while the user has an active grant of this client that covers the request, at https redirect URIs. Of a client that no administrator created or trusts, it is shown again when the name, the links, the keys or the redirect URI change.',
    group: 'consent',
  },
  code_seconds: {
    schema: count(60, 10, 600),
    label: 'Authorization code lifetime (seconds)',
    help: 'How long an authorization code can be redeemed.',
    group: 'consent',
  },
  code_replay_seconds: {
    schema: count(10, 0, 60),
    label: 'Authorization code replay tolerance (seconds)',
    help: 'A code presented again within this time is only refused (a lost answer); later its grant is revoked.',
    group: 'consent',
  },
  access_token_minutes: {
    schema: count(60, 1, MAX_TOKEN_LIFETIME / MINUTE),
    label: 'Access token lifetime (minutes)',
    help: 'How long an access token is valid. APIs that validate it offline accept a revoked one until then. Up to 24 hours: for each resource, where it is validated online.',
    group: 'tokens',
  },
  claims_in_id_token: {
    schema: toggle(true),
    label: 'User claims in ID tokens',
    help: 'Put the claims of the granted scopes profile, email and roles into id_tokens, too, for clients that do not call /userinfo. Each client can override it.',
    group: 'tokens',
  },
  id_token_algorithm: {
    schema: choice(SIGNING_ALGORITHMS, 'RS256'),
    label: 'ID token algorithm',
    help: 'The algorithm that signs id_tokens and logout tokens of clients that registered none (id_token_signed_response_alg). A key of SIGN_WITH must have it. RS256 is the default of OpenID Connect Dynamic Client Registration §2. Access tokens are signed with the first key of SIGN_WITH.',
    group: 'tokens',
  },
  refresh_grace_seconds: {
    schema: count(60, 0, 3600),
    label: 'Refresh token grace period (seconds)',
    help: 'How long a refresh token that was just rotated still returns the same successor, for clients that lost the answer.',
    group: 'tokens',
  },
  refresh_idle_days: {
    schema: count(30, 1, 365),
    label: 'Refresh token idle timeout (days)',
    help: 'A grant that is not refreshed for this long expires.',
    group: 'tokens',
  },
  grant_days: {
    schema: count(180, 1, 365),
    label: 'Grant lifetime (days)',
    help: 'A grant expires after this long, however often it is refreshed.',
    group: 'tokens',
  },
  record_client_tokens: {
    schema: toggle(true),
    label: 'Record client credentials tokens',
    help: 'Keep a record of access tokens issued by client credentials with a secret. Without it such a token is not listed.',
    group: 'tokens',
  },
  secret_overlap_hours: {
    schema: count(24, 0, 720),
    label: 'Client secret overlap (hours)',
    help: 'How long a rotated client secret stays valid beside the new one; 0 revokes every earlier secret at once.',
    group: 'tokens',
  },
  dpop_nonce_required: {
    schema: toggle(true),
    label: 'Require DPoP nonces',
    help: 'Accept a DPoP proof only with a nonce that this server issued in the last ten minutes (RFC 9449 §8), so that no proof can be made long before its use. Clients get one with the first refusal.',
    group: 'tokens',
  },
  dpop_proofs_once: {
    schema: toggle(false),
    label: 'Single-use DPoP proofs at APIs',
    help: 'Record each DPoP proof at /userinfo and the APIs too, so that it is accepted once; one write per request. At /token and /par it always is.',
    group: 'tokens',
  },
  enable_dynamic_client_registration: {
    schema: toggle(true),
    label: 'Dynamic Client Registration',
    help: 'Let clients register themselves at /register (RFC 7591).',
    group: 'clients',
  },
  registration_needs_token: {
    schema: toggle(false),
    label: 'Require an initial access token',
    help: 'Let clients register only with an initial access token (RFC 7591 §3).',
    group: 'clients',
  },
  new_clients: {
    schema: choice(['allow', 'approve'], 'allow'),
    label: 'New clients',
    help: 'Whether clients that no administrator created (Dynamic Client Registration, Client ID Metadata Documents) may be used at once, or only after an administrator approved them: until then they can register, and their users see a page that says so. Refresh tokens that such a client has already stay valid.',
    choices: { allow: 'may be used at once', approve: 'must be approved first' },
    group: 'clients',
  },
  new_client_rules: {
    schema: list(newClientRuleProblem),
    label: 'Rules for new clients',
    help: 'By the host of the metadata document and of the redirect URIs, one per line: allow, approve or refuse, a space, and a host such as claude.ai, *.example.com or *, or a scheme such as cursor:. The most exact rule for an address counts, and the strictest of all addresses. Without a rule: as New clients says.',
    group: 'clients',
  },
  new_client_mail: {
    schema: z._default(z.union([z.literal(''), z.email()]), ''),
    label: 'Mail about waiting clients',
    help: 'The e-mail address that is told when a user wants to use a client that must be approved, once an hour at most.',
    group: 'clients',
  },
  new_client_days: {
    schema: count(7, 1, 90),
    label: 'Lifetime of requests for approval (days)',
    help: 'A client that awaits approval is deleted when nobody decided about it for this long after a user wanted to use it.',
    group: 'clients',
  },
  unused_registration_hours: {
    schema: count(24, 1, 720),
    label: 'Lifetime of unused registrations (hours)',
    help: 'A client that registered itself without a token and never completed an authorization is deleted after this long.',
    group: 'clients',
  },
  unused_registrations: {
    schema: count(20_000, 100, 1_000_000),
    label: 'Unused registrations',
    help: 'How many such clients there may be in all. One network (an IPv4 address or IPv6 /48) may have a twentieth of them.',
    group: 'clients',
  },
  problem_days: {
    schema: count(14, 1, 90),
    label: 'Retention of recent problems (days)',
    help: 'How long the recent problems of a client, the errors that its requests were answered with, are kept for its page.',
    group: 'clients',
  },
  private_use_schemes: {
    schema: list(schemeEntryProblem, /\s+/, DEFAULT_PRIVATE_USE_SCHEMES.join('\n')),
    label: 'Private-use URI schemes',
    help: 'Schemes without a dot that redirect URIs of clients may have that no administrator created or trusts, one per line, such as cursor. Schemes with a dot need no entry (RFC 8252 §7.1); any app on a device can claim a scheme, so consent is asked for every request (§8.4, §8.6).',
    group: 'clients',
  },
  allowed_public_client_origins: {
    schema: list((entry) => (entry === '*' || isOrigin(entry) ? undefined : ORIGIN_FORM), /[\s,]+/),
    label: 'Allowed origins (CORS)',
    help: 'Origins whose pages may call the token endpoint and the APIs, one per line, such as https://app.example.com; * allows every origin.',
    group: 'clients',
  },
  require_pushed_authorization_requests: {
    schema: toggle(false),
    label: 'Require pushed authorization requests',
    help: 'Accept authorization requests only by PAR (RFC 9126). For one client alone: its metadata of the same name.',
    group: 'clients',
  },
  pushed_request_seconds: {
    schema: count(90, 5, 600),
    label: 'Pushed request lifetime (seconds)',
    help: 'How long a request_uri can be used after the request was pushed (RFC 9126).',
    group: 'clients',
  },
  device_code_minutes: {
    schema: count(10, 1, 60),
    label: 'Device code lifetime (minutes)',
    help: 'How long a device code waits for the user to enter the user code (RFC 8628).',
    group: 'devices',
  },
  device_poll_seconds: {
    schema: count(5, 1, 60),
    label: 'Polling interval (seconds)',
    help: 'How often a device may poll the token endpoint.',
    group: 'devices',
  },
  device_guess_failures: {
    schema: count(10, 1, 1000),
    label: 'Wrong user codes',
    help: 'Wrong user codes of one user, and ten times as many from one IP address, before the next attempt has to wait.',
    group: 'devices',
  },
  show_auth_server_metadata: {
    schema: toggle(true),
    label: 'Authorization server metadata',
    help: 'Serve /.well-known/oauth-authorization-server and /.well-known/openid-configuration (RFC 8414). Clients that discover endpoints need them.',
    group: 'resource',
  },
  show_protected_resource_metadata: {
    schema: toggle(true),
    label: 'Protected resource metadata',
    help: 'Serve /.well-known/oauth-protected-resource and name it in challenges (RFC 9728).',
    group: 'resource',
  },
  scopes_supported: {
    schema: list(scopeLineProblem),
    label: 'Further scopes',
    help: 'Further scopes of this resource, one per line: the name, a space, and the text of the consent page.',
    group: 'resource',
  },
  resource_name: {
    schema: z._default(plainText().check(z.maxLength(500)), 'Postern'),
    label: 'Resource name',
    help: 'The name of this server as a protected resource (RFC 9728).',
    group: 'resource',
  },
  resource_documentation: {
    schema: link(),
    label: 'Developer documentation',
    help: 'A page for developers about this resource.',
    group: 'resource',
  },
  resource_policy_uri: {
    schema: link(),
    label: 'Data usage policy',
    help: 'A page that says how clients may use the data.',
    group: 'resource',
  },
  resource_tos_uri: {
    schema: link(),
    label: 'Terms of service',
    help: 'A page with the terms of service.',
    group: 'resource',
  },
  log_successes_percent: {
    schema: count(100, 0, 100),
    label: 'Logged successful requests (percent)',
    help: 'The share of successful requests that have a line in the log. Every error is logged, whatever this says.',
    group: 'logs',
  },
});

export type SettingName = keyof typeof DEFINITIONS;
type Shape = { [Name in SettingName]: (typeof DEFINITIONS)[Name]['schema'] };

/** The same entries, typed without their schemas. */
export const SETTINGS: Record<SettingName, Definition<z.ZodMiniType>> = DEFINITIONS;
export const SETTING_NAMES = keysOf(SETTINGS);

/** All settings as one record. */
export const Settings = z.object(
  Object.fromEntries(SETTING_NAMES.map((name) => [name, SETTINGS[name].schema])) as Shape,
);
export type Settings = z.infer<typeof Settings>;

export const DEFAULT_SETTINGS: Settings = Settings.parse({});

/** The names of the settings of a group, in order. */
export const settingsInGroup = (group: SettingGroup): SettingName[] =>
  SETTING_NAMES.filter((name) => SETTINGS[name].group === group);
