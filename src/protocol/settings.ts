/** Every setting: its name, its default, its bounds and its help text. A new one is one entry. */
import * as z from 'zod';

const toggle = (value: boolean, help: string) => z.boolean().default(value).describe(help);
const lines = (help: string) => z.string().max(10_000).default('').describe(help);
const words = (value: string, help: string) => z.string().max(500).default(value).describe(help);
const link = (help: string) =>
  z
    .union([z.literal(''), z.url({ protocol: /^https?$/ })])
    .default('')
    .describe(help);
const count = (value: number, min: number, max: number, help: string) =>
  z.number().int().min(min).max(max).default(value).describe(help);

export const Settings = z.object({
  skip_authorization: toggle(
    false,
    'Do not ask for consent again while the person has an active grant of this client that covers what is asked for.',
  ),
  show_auth_server_metadata: toggle(
    true,
    'Serve /.well-known/oauth-authorization-server and /.well-known/openid-configuration. Clients that discover everything need them.',
  ),
  enable_dynamic_client_registration: toggle(true, 'Let clients register themselves at /register (RFC 7591).'),
  show_protected_resource_metadata: toggle(
    true,
    'Serve /.well-known/oauth-protected-resource and point to it in challenges (RFC 9728).',
  ),
  allowed_public_client_origins: lines(
    'Origins whose pages may call the token endpoint and the APIs, one on a line, such as https://app.example.com; * means every origin.',
  ),
  resource_name: words('Postern', 'The name of this server as a protected resource (RFC 9728).'),
  brand_name: z
    .string()
    .trim()
    .min(1)
    .max(60)
    .default('Postern')
    .describe('What the pages call this server, in their head and title.'),
  brand_logo: z
    .union([
      z.literal(''),
      z
        .string()
        .max(500)
        .regex(/^\/(?!\/)[\w./-]+$/),
      z.url({ protocol: /^https?$/ }).max(500),
    ])
    .default('')
    .describe(
      'The picture in the head of pages: a file of this server, such as /logo.png, or an https address, fetched once a day. PNG, JPEG, GIF or WebP, square, 100 KB at most.',
    ),
  brand_colour: z
    .union([z.literal(''), z.string().regex(/^#[0-9A-Fa-f]{6}$/)])
    .default('')
    .describe(
      'The colour of buttons and links, such as #17604f. It is made darker or lighter where it would be hard to read.',
    ),
  resource_documentation: link('A page for developers about this resource.'),
  resource_policy_uri: link('A page that says how clients may use the data.'),
  resource_tos_uri: link('The terms of service.'),
  scopes_supported: lines(
    'Further scopes of this resource, one on a line: the name, then a space and what a person reads when asked for it.',
  ),
  password_sign_in: toggle(
    true,
    'Let people sign in with a password. It can be switched off only while a social login is complete and enabled, and an administrator can sign in without one.',
  ),
  sign_up: z.enum(['deny', 'allow']).default('deny').describe('Whether strangers may make an account.'),
  playground: z
    .enum(['localhost', 'on', 'off'])
    .default('localhost')
    .describe(
      'Where the playground on the front page runs: only where this server is on localhost, everywhere, or nowhere.',
    ),
  access_token_minutes: count(
    10,
    1,
    60,
    'How long an access token lives. It cannot be called back everywhere: keep it short.',
  ),
  code_seconds: count(60, 10, 600, 'How long an authorization code may wait to be redeemed.'),
  code_replay_seconds: count(
    10,
    0,
    60,
    'A code that is sent again within this time is only refused (a lost answer); later it is theft, and its grant is revoked.',
  ),
  refresh_grace_seconds: count(
    60,
    0,
    3600,
    'How long a refresh token that was just replaced still gets the same successor, for clients that lost the answer.',
  ),
  refresh_idle_days: count(30, 1, 365, 'A grant that is not refreshed for this long ends.'),
  grant_days: count(180, 1, 365, 'A grant ends after this long, however often it is refreshed.'),
  record_client_tokens: toggle(
    true,
    'Keep a record of tokens that clients get for themselves by a secret. Without it such a token is not listed.',
  ),
  registration_needs_token: toggle(false, 'Let clients register only with an initial access token.'),
  secret_overlap_hours: count(24, 0, 720, 'How long a client secret that was replaced stays good beside the new one.'),
  require_pushed_authorization_requests: toggle(
    false,
    'Take authorization requests only when the client pushed them to /par before (RFC 9126). One client alone: its metadata of the same name.',
  ),
  dpop_nonce_required: toggle(
    true,
    'Take a DPoP proof only with a nonce that this server gave in the last ten minutes (RFC 9449): no proof can be made long before its use. Clients get one with the first refusal.',
  ),
  dpop_proofs_once: toggle(
    false,
    'Remember each DPoP proof at /userinfo and the APIs too, so that it is good once; a write for each request. At /token and /par it always is.',
  ),
  pushed_request_seconds: count(90, 5, 600, 'How long a pushed authorization request waits for its person to come.'),
  device_code_minutes: count(10, 1, 60, 'How long a device waits for its person to type the code.'),
  device_poll_seconds: count(5, 1, 60, 'How often a waiting device may ask.'),
  device_guess_failures: count(
    10,
    1,
    1000,
    'Wrong device codes of one person, and ten times as many from one address, before the next try has to wait.',
  ),
  mail_from: z
    .union([z.literal(''), z.email().max(254)])
    .default('')
    .describe('The address that mail of this server comes from. Mail also needs the binding EMAIL in wrangler.toml.'),
  mail_failures: count(
    3,
    1,
    100,
    'Mails that one address may ask for, and ten times as many from one network, before the next has to wait.',
  ),
  session_idle_hours: count(72, 1, 720, 'A person who is away for this long signs in again.'),
  session_days: count(30, 1, 365, 'A person signs in again after this long in any case.'),
  sign_in_account_failures: count(5, 1, 100, 'Wrong passwords for one account before the next try has to wait.'),
  sign_in_address_failures: count(20, 1, 10_000, 'Wrong passwords from one address before the next try has to wait.'),
  sign_in_window_minutes: count(15, 1, 1440, 'The time in which failures are counted together.'),
  audit_days: count(365, 1, 3650, 'How long the audit log is kept.'),
});
export type Settings = z.infer<typeof Settings>;
export type SettingName = keyof Settings;

export const SETTING_NAMES = Object.keys(Settings.shape) as SettingName[];
export const DEFAULT_SETTINGS: Settings = Settings.parse({});

/** What the admin command and the console show beside a setting. */
export function helpOf(name: SettingName): string {
  return Settings.shape[name].description ?? '';
}
