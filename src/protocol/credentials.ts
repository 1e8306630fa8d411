/**
 * Ids and credentials, each with a prefix that says what it is. Whatever is born from a session names the shard that
 * holds its row, so that any location finds it without asking.
 */
import { type Letters, randomText } from '../crypto/random.ts';

/** A D1 database by name: `0` is `DB`, the others are `SHARD_<NAME>` in lower case. */
export type Shard = string;

export type PersonId = `u_${string}`;
export type GrantId = `g_${Shard}_${string}`;
export type SessionId = `s_${Shard}_${string}`;
export type TokenId = `t_${Shard}_${string}`;
export type DeviceId = `d_${Shard}_${string}`;
/** A person's account elsewhere, or that of a connected app itself. */
export type ConnectionId = `n_${string}`;
/** An account elsewhere that signs in a person here. */
export type IdentityId = `e_${string}`;
/** The half of an API key that may be seen. */
export type ApiKeyId = `k_${string}`;
export type PushedId = `q_${Shard}_${string}`;

const ID_LENGTH = 22;
const SECRET_LENGTH = 43;

export type PasskeyId = `w_${string}`;

export const newPersonId = (): PersonId => `u_${randomText(ID_LENGTH)}`;
export const newGrantId = (shard: Shard): GrantId => `g_${shard}_${randomText(ID_LENGTH)}`;
export const newSessionId = (shard: Shard): SessionId => `s_${shard}_${randomText(ID_LENGTH)}`;
export const newTokenId = (shard: Shard): TokenId => `t_${shard}_${randomText(ID_LENGTH)}`;
export const newDeviceId = (shard: Shard): DeviceId => `d_${shard}_${randomText(ID_LENGTH)}`;
export const newPasskeyId = (): PasskeyId => `w_${randomText(ID_LENGTH)}`;
export const newPushedId = (shard: Shard): PushedId => `q_${shard}_${randomText(ID_LENGTH)}`;
export const newIdentityId = (): IdentityId => `e_${randomText(ID_LENGTH)}`;
export const newClientId = (letters: Letters = randomText): string => `c_${letters(ID_LENGTH)}`;
export const newClientSecret = (letters: Letters = randomText): string => `ps_${letters(SECRET_LENGTH)}`;
/** RFC 7592: manages one client. */
export const newRegistrationToken = (): string => `pt_${randomText(SECRET_LENGTH)}`;
/** RFC 7591 §3: lets somebody register a client. */
export const newInitialAccessToken = (letters: Letters = randomText): string => `pi_${letters(SECRET_LENGTH)}`;
export const newInitialAccessTokenId = (letters: Letters = randomText): string => `i_${letters(ID_LENGTH)}`;
/** RFC 8628 §3.2: what the device polls with. */
export const newDeviceCode = (shard: Shard): string => `pd_${shard}_${randomText(SECRET_LENGTH)}`;
/** An API key is `<id>:<secret>`. */
export const newApiKeyId = (letters: Letters = randomText): ApiKeyId => `k_${letters(ID_LENGTH)}`;
export const newApiKeySecret = (letters: Letters = randomText): string => `pk_${letters(SECRET_LENGTH)}`;
export const newSessionSecret = (): string => randomText(SECRET_LENGTH);

/** The shard that an id of ours names. */
export function shardOf(id: GrantId | SessionId | TokenId | DeviceId | PushedId): Shard {
  return id.split('_')[1] ?? '';
}

/** The one grant that a pushed request can become, in the shard of the session that it is answered in. */
export function grantOfPushed(id: PushedId, shard: Shard): GrantId {
  return `g_${shard}_${id.split('_')[2] ?? ''}`;
}

const GRANT_ID = '(g_[a-z0-9]{1,8}_[A-Za-z0-9]{22})';
const REFRESH_TOKEN = new RegExp(`^pr_${GRANT_ID}_(0|[1-9][0-9]{0,8})_([A-Za-z0-9_-]{43})$`);
const CODE = /^pc_([a-z0-9]{1,8})_([A-Za-z0-9_.-]{40,1480})$/;
const DEVICE_CODE = /^pd_([a-z0-9]{1,8})_[A-Za-z0-9]{43}$/;
const API_KEY = /^(k_[A-Za-z0-9]{22}):(pk_[A-Za-z0-9]{43})$/;
const SESSION_COOKIE = /^(u_[A-Za-z0-9]{22})\.([a-z0-9]{1,8})\.([A-Za-z0-9]{43})$/;

/** The shard that a device code names, or undefined for what is none. */
export function shardOfDeviceCode(code: string): Shard | undefined {
  return DEVICE_CODE.exec(code)?.[1];
}

/** RFC 9126 §2.2: the form of a `request_uri` that this server makes. */
const REQUEST_URI = 'urn:ietf:params:oauth:request_uri:';
const OUR_REQUEST_URI = /^urn:ietf:params:oauth:request_uri:([a-z0-9]{1,8})_[A-Za-z0-9]{43}$/;

export const newRequestUri = (shard: Shard): string => `${REQUEST_URI}${shard}_${randomText(SECRET_LENGTH)}`;

/** Whether a `request_uri` refers to a pushed request, and not to a document elsewhere. */
export const isPushedUri = (uri: string): boolean => uri.startsWith(REQUEST_URI);

/** The shard that a `request_uri` of ours names. */
export function shardOfRequestUri(uri: string): Shard | undefined {
  return OUR_REQUEST_URI.exec(uri)?.[1];
}

/** A longer code would not fit the URL of many clients: the request must be shorter. */
export const LONGEST_CODE = 1500;

/** `pc_<shard>_<JWE>`. */
export function formatCode(shard: Shard, sealed: string): string {
  return `pc_${shard}_${sealed}`;
}

export function parseCode(code: string): { shard: Shard; sealed: string } | undefined {
  const [, shard, sealed] = CODE.exec(code) ?? [];
  return shard && sealed ? { shard, sealed } : undefined;
}

/** What the MAC of a refresh token covers. */
export const refreshTokenBody = (grant: GrantId, generation: number): string => `${grant}_${generation}`;

/** `pr_<grant id>_<generation>_<MAC>`. */
export function formatRefreshToken(grant: GrantId, generation: number, mac: string): string {
  return `pr_${refreshTokenBody(grant, generation)}_${mac}`;
}

export function parseRefreshToken(token: string): { grant: GrantId; generation: number; mac: string } | undefined {
  const [, grant, generation, mac] = REFRESH_TOKEN.exec(token) ?? [];
  if (!grant || !generation || !mac) return undefined;
  return { grant: grant as GrantId, generation: Number(generation), mac };
}

/** `<person>.<shard>.<secret>`: with the person in it, their row can be read beside the session's. */
export function formatSessionCookie(person: PersonId, shard: Shard, secret: string): string {
  return `${person}.${shard}.${secret}`;
}

export function parseSessionCookie(cookie: string): { person: PersonId; shard: Shard; secret: string } | undefined {
  const [, person, shard, secret] = SESSION_COOKIE.exec(cookie) ?? [];
  return person && shard && secret ? { person: person as PersonId, shard, secret } : undefined;
}

/** The two halves of an API key, or undefined for what cannot be one of ours. */
export function parseApiKey(text: string): { id: ApiKeyId; secret: string } | undefined {
  const [, id, secret] = API_KEY.exec(text) ?? [];
  return id && secret ? { id: id as ApiKeyId, secret } : undefined;
}
