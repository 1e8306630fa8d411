/** Ids and credentials, each with a prefix for its type. Those of sign-in data name the shard of their row. */
import { randomText, type TextGenerator } from '../crypto/random.ts';

/** A D1 database by name: `0` is `DB`, the others are `SHARD_<NAME>` in lower case. */
export type Shard = string;

export type UserId = `u_${string}`;
export type GrantId = `g_${Shard}_${string}`;
export type SessionId = `s_${Shard}_${string}`;
export type TokenId = `t_${Shard}_${string}`;
export type DeviceId = `d_${Shard}_${string}`;
/** A connection of a user, or of a connected app itself. */
export type ConnectionId = `n_${string}`;
/** A linked account at an identity provider. */
export type IdentityId = `e_${string}`;
/** The public part of an API key. */
export type ApiKeyId = `k_${string}`;
/** A browser that is remembered after the second factor. */
export type RememberedBrowserId = `b_${string}`;
export type PushedRequestId = `q_${Shard}_${string}`;

const ID_LENGTH = 22;
const SECRET_LENGTH = 43;

export type PasskeyId = `w_${string}`;

export const newUserId = (letters: TextGenerator = randomText): UserId => `u_${letters(ID_LENGTH)}`;
export const newGrantId = (shard: Shard): GrantId => `g_${shard}_${randomText(ID_LENGTH)}`;
export const newSessionId = (shard: Shard): SessionId => `s_${shard}_${randomText(ID_LENGTH)}`;
export const newTokenId = (shard: Shard): TokenId => `t_${shard}_${randomText(ID_LENGTH)}`;
export const newDeviceId = (shard: Shard): DeviceId => `d_${shard}_${randomText(ID_LENGTH)}`;
export const newPasskeyId = (): PasskeyId => `w_${randomText(ID_LENGTH)}`;
export const newPushedRequestId = (shard: Shard): PushedRequestId => `q_${shard}_${randomText(ID_LENGTH)}`;
export const newIdentityId = (letters: TextGenerator = randomText): IdentityId => `e_${letters(ID_LENGTH)}`;
export const newClientId = (letters: TextGenerator = randomText): string => `c_${letters(ID_LENGTH)}`;
export const newClientSecret = (letters: TextGenerator = randomText): string => `ps_${letters(SECRET_LENGTH)}`;
/** The registration access token of a client (RFC 7592). */
export const newRegistrationToken = (): string => `pt_${randomText(SECRET_LENGTH)}`;
/** An initial access token for registration (RFC 7591 §3). */
export const newInitialAccessToken = (letters: TextGenerator = randomText): string => `pi_${letters(SECRET_LENGTH)}`;
export const newInitialAccessTokenId = (letters: TextGenerator = randomText): string => `i_${letters(ID_LENGTH)}`;
/** The `device_code` that a device polls with (RFC 8628 §3.2). */
export const newDeviceCode = (shard: Shard): string => `pd_${shard}_${randomText(SECRET_LENGTH)}`;
/** An API key is `<id>:<secret>`. */
export const newApiKeyId = (letters: TextGenerator = randomText): ApiKeyId => `k_${letters(ID_LENGTH)}`;
export const newApiKeySecret = (letters: TextGenerator = randomText): string => `pk_${letters(SECRET_LENGTH)}`;
export const newRememberedBrowserId = (): RememberedBrowserId => `b_${randomText(ID_LENGTH)}`;
/** The secret in the cookie of a remembered browser. */
export const newRememberedBrowserSecret = (): string => `pb_${randomText(SECRET_LENGTH)}`;
export const newSessionSecret = (): string => randomText(SECRET_LENGTH);

/** The shard that an id names. */
export function shardOf(id: GrantId | SessionId | TokenId | DeviceId | PushedRequestId): Shard {
  return id.split('_')[1] ?? '';
}

/** The only grant that a pushed request can become, in the shard of the session that approves it. */
export function grantIdOfPushedRequest(id: PushedRequestId, shard: Shard): GrantId {
  return `g_${shard}_${id.split('_')[2] ?? ''}`;
}

/** A parser of one type of id; it returns undefined for anything else. */
function idParser<Id extends string>(prefix: string, isSharded: boolean) {
  const pattern = new RegExp(`^${prefix}_${isSharded ? '[a-z0-9]{1,8}_' : ''}[A-Za-z0-9]{${ID_LENGTH}}$`);
  const isId = (value: unknown): value is Id => typeof value === 'string' && pattern.test(value);
  return (value: unknown): Id | undefined => (isId(value) ? value : undefined);
}

export const parseUserId = idParser<UserId>('u', false);
/** @returns true for a text with the prefix of user ids: a `sub` that is a user, not a client. */
export const hasUserPrefix = (text: string): text is UserId => text.startsWith('u_');

export const parseGrantId = idParser<GrantId>('g', true);
export const parseSessionId = idParser<SessionId>('s', true);
export const parseTokenId = idParser<TokenId>('t', true);
export const parseDeviceId = idParser<DeviceId>('d', true);
export const parsePushedRequestId = idParser<PushedRequestId>('q', true);
export const parseApiKeyId = idParser<ApiKeyId>('k', false);
export const parsePasskeyId = idParser<PasskeyId>('w', false);
export const parseRememberedBrowserId = idParser<RememberedBrowserId>('b', false);
export const parseIdentityId = idParser<IdentityId>('e', false);
const DEVICE_CODE = /^pd_([a-z0-9]{1,8})_[A-Za-z0-9]{43}$/;
const API_KEY = /^(k_[A-Za-z0-9]{22}):(pk_[A-Za-z0-9]{43})$/;
const REMEMBERED_BROWSER_SECRET = /^pb_[A-Za-z0-9]{43}$/;
const SESSION_COOKIE = /^(u_[A-Za-z0-9]{22})\.([a-z0-9]{1,8})\.([A-Za-z0-9]{43})$/;

/** The shard that a device code names; undefined for any other text. */
export function shardOfDeviceCode(code: string): Shard | undefined {
  return DEVICE_CODE.exec(code)?.[1];
}

/** The prefix of a `request_uri` that this server issues (RFC 9126 §2.2). */
const REQUEST_URI = 'urn:ietf:params:oauth:request_uri:';
const OWN_REQUEST_URI = /^urn:ietf:params:oauth:request_uri:([a-z0-9]{1,8})_[A-Za-z0-9]{43}$/;

export const newRequestUri = (shard: Shard): string => `${REQUEST_URI}${shard}_${randomText(SECRET_LENGTH)}`;

/** @returns true if a `request_uri` refers to a pushed request, not to a document (RFC 9101). */
export const isPushedRequestUri = (uri: string): boolean => uri.startsWith(REQUEST_URI);

/** The shard that a `request_uri` of this server names. */
export function shardOfRequestUri(uri: string): Shard | undefined {
  return OWN_REQUEST_URI.exec(uri)?.[1];
}

/** `<user>.<shard>.<secret>`: the user's row can be read in parallel with the session's. */
export function formatSessionCookie(user: UserId, shard: Shard, secret: string): string {
  return `${user}.${shard}.${secret}`;
}

/** The parts of a session cookie; undefined for any other text. */
export function parseSessionCookie(cookie: string): { user: UserId; shard: Shard; secret: string } | undefined {
  const [, userId, shard, secret] = SESSION_COOKIE.exec(cookie) ?? [];
  const user = parseUserId(userId);
  return user && shard && secret ? { user, shard, secret } : undefined;
}

/** The secret of a remembered browser; undefined for any other text. */
export const parseRememberedBrowserSecret = (text: string | undefined): string | undefined =>
  text !== undefined && REMEMBERED_BROWSER_SECRET.test(text) ? text : undefined;

/** The two parts of an API key; undefined for any other text. */
export function parseApiKey(text: string): { id: ApiKeyId; secret: string } | undefined {
  const [, key, secret] = API_KEY.exec(text) ?? [];
  const id = parseApiKeyId(key);
  return id && secret ? { id, secret } : undefined;
}
