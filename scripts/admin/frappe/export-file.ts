/** The file that scripts/frappe/export_for_postern.py writes: read whole and validated before anything is sent. */
import { readFileSync, statSync } from 'node:fs';
import * as z from 'zod';
import { Failure } from '../../failure.ts';

const LARGEST = 400 * 1024 * 1024;

/** A field that a site may lack or leave empty. */
const Text = z
  .string()
  .max(10_000)
  .nullish()
  .transform((text) => (text ?? '').trim());
const Name = z.string().min(1).max(254);
const Check = z
  .union([z.literal(0), z.literal(1), z.boolean()])
  .nullish()
  .transform((value) => value === true || value === 1);
const Names = z.array(z.string().max(140)).max(1000).default([]);
const Count = z
  .union([z.number(), z.string().max(20)])
  .nullish()
  .transform(Number);

const texts = <Field extends string>(...names: Field[]) =>
  Object.fromEntries(names.map((name) => [name, Text])) as Record<Field, typeof Text>;

const User = z.object({
  name: Name,
  enabled: Check,
  ...texts('email', 'first_name', 'last_name', 'full_name', 'user_image', 'language', 'user_type', 'password'),
  ...texts('api_key', 'api_secret'),
  roles: Names,
  social_logins: z
    .array(z.object({ provider: Text, userid: Text, username: Text }))
    .max(100)
    .default([]),
});

const OAuthClient = z.object({
  name: Name,
  ...texts('client_secret', 'app_name', 'scopes', 'redirect_uris', 'default_redirect_uri', 'grant_type'),
  ...texts('response_type', 'token_endpoint_auth_method', 'client_uri', 'logo_uri', 'tos_uri', 'policy_uri'),
  ...texts('software_id', 'software_version', 'contacts'),
  skip_authorization: Check,
  is_dynamic_client: Check,
  allowed_roles: Names,
});

const SocialLoginKey = z.object({
  name: Name,
  enable_social_login: Check,
  ...texts('social_login_provider', 'provider_name', 'client_id', 'client_secret', 'base_url', 'authorize_url'),
  ...texts('access_token_url', 'redirect_url', 'api_endpoint', 'api_endpoint_args', 'auth_url_data'),
  ...texts('user_id_property', 'sign_ups', 'tenant_id'),
});

const ConnectedApp = z.object({
  name: Name,
  ...texts('provider_name', 'openid_configuration', 'client_id', 'client_secret', 'authorization_uri', 'token_uri'),
  ...texts('revocation_uri', 'userinfo_uri', 'introspection_uri'),
  scopes: Names,
  query_parameters: z
    .array(z.object({ key: Text, value: Text }))
    .max(100)
    .default([]),
});

const TokenCache = z.object({
  name: Name,
  ...texts('user', 'connected_app', 'access_token', 'refresh_token'),
  expires_in: Count,
  scopes: Names,
});

const Export = z.object({
  format: z.literal('postern-frappe-export'),
  version: z.literal(
    1,
    'is of another version of the export: write it again with scripts/frappe/export_for_postern.py',
  ),
  site: z.string().regex(/^[\x21-\x7e]{1,200}$/, 'must be the name of the site'),
  url: z.url({ protocol: /^https?$/ }).max(2000),
  users: z.array(User),
  oauth_clients: z.array(OAuthClient).default([]),
  social_login_keys: z.array(SocialLoginKey).default([]),
  connected_apps: z.array(ConnectedApp).default([]),
  token_caches: z.array(TokenCache).default([]),
  oauth_settings: z
    .record(z.string(), z.union([z.string().max(10_000), z.number(), z.boolean(), z.null()]))
    .default({}),
  oauth_provider_settings: z.object({ skip_authorization: Text }).default({ skip_authorization: '' }),
});

export type FrappeExport = z.infer<typeof Export>;
export type FrappeUser = FrappeExport['users'][number];
export type FrappeClient = FrappeExport['oauth_clients'][number];

/** Reads the export. @throws Failure for a file that others can read, or that is no export: its first problem. */
export function readExport(path: string): FrappeExport {
  return parseExport(read(path), path);
}

/** @param path the name of the file in messages, which never hold its values. */
export function parseExport(text: string, path: string): FrappeExport {
  const result = Export.safeParse(parse(text, path));
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const place = issue?.path.join('.') || 'it';
  throw new Failure(`${path} is no export of a Frappe site: ${place}: ${issue?.message}. Nothing was imported.`);
}

function parse(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The message of the parser would quote the file.
    throw new Failure(`${path} is no JSON. Nothing was imported.`);
  }
}

function read(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat?.isFile()) throw new Failure(`There is no file ${path}.`);
  if (process.platform !== 'win32' && (stat.mode & 0o077) !== 0) {
    throw new Failure(`Others can read ${path}, which has secrets in clear text: chmod 600 ${path}`);
  }
  if (stat.size > LARGEST) throw new Failure(`${path} is larger than ${LARGEST} bytes.`);
  return readFileSync(path, 'utf8');
}
