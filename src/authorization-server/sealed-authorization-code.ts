/**
 * The authorization code: the sealed approved request with the id of the only grant that it can become. Redemption needs
 * no lookup, and the primary key of the grant makes the code single-use.
 */
import * as z from 'zod/mini';
import type { RootSecrets } from '../crypto/seal.ts';
import {
  formatCode,
  type GrantId,
  MAX_CODE_LENGTH,
  type PushedRequestId,
  parseCode,
  parseGrantId,
  parsePushedRequestId,
  parseSessionId,
  parseUserId,
  type SessionId,
  shardOf,
  type UserId,
} from '../protocol/credentials.ts';
import { OAuthError } from '../protocol/oauth-error.ts';

const grantId = z.custom<GrantId>((value) => parseGrantId(value) !== undefined);

/** The sealed content. Short names: a code is part of URLs. */
const SealedCode = z.object({
  g: grantId,
  c: z.string(),
  p: z.custom<UserId>((value) => parseUserId(value) !== undefined),
  s: z.custom<SessionId>((value) => parseSessionId(value) !== undefined),
  u: z.string(),
  i: z.boolean(),
  h: z.optional(z.string()),
  o: z.array(z.string()),
  r: z.array(z.string()),
  n: z.optional(z.string()),
  k: z.optional(z.string()),
  a: z.optional(z.number()),
  m: z.array(z.string()),
  l: z.optional(z.string()),
  j: z._default(z.array(z.string()), []),
  w: z._default(z.array(z.string()), []),
  t: z.optional(z.string()),
  b: z.number(),
  e: z.number(),
});

/** The members that are always in the code; the others may be stored with the pushed request. */
const CORE_MEMBERS = ['g', 'c', 'p', 's', 'i', 'h', 'k', 'a', 'b', 'e'];

/** The content of an authorization code. Times are in milliseconds. */
export type AuthorizationCode = {
  grant: GrantId;
  clientId: string;
  userId: UserId;
  sessionId: SessionId;
  redirectUri: string;
  /** True if the authorization request had redirect_uri: then the token request needs it, too. */
  redirectUriGiven: boolean;
  /** Undefined if the authorization request had none: then code_verifier is refused. */
  codeChallenge: string | undefined;
  scopes: string[];
  resources: string[];
  nonce: string | undefined;
  /** The thumbprint of the key that the code is bound to (RFC 9449 §10). */
  dpopJkt: string | undefined;
  /** Null if unknown. */
  authTime: number | null;
  /** The authentication methods (RFC 8176), and their class. */
  amr: string[];
  acr: string | undefined;
  /** Claims requested by name for the id_token, and for /userinfo. */
  idTokenClaims: string[];
  claims: string[];
  /** The hash of the client as displayed on the consent page. */
  displayHash?: string | undefined;
  authorizedAt: number;
  expiresAt: number;
};

/**
 * Seals a code. A code that would be too long keeps only its core and refers to the pushed request.
 * @returns the code, and the rest of its content, which must be stored with the pushed request.
 * @throws OAuthError invalid_request if the request is too long for a code and was not pushed.
 */
export async function sealAuthorizationCode(
  root: RootSecrets,
  code: AuthorizationCode,
  pushed: PushedRequestId | undefined,
): Promise<{ text: string; rest?: Record<string, unknown> }> {
  const whole = {
    g: code.grant,
    c: code.clientId,
    p: code.userId,
    s: code.sessionId,
    u: code.redirectUri,
    i: code.redirectUriGiven,
    h: code.codeChallenge,
    o: code.scopes,
    r: code.resources,
    n: code.nonce,
    k: code.dpopJkt,
    a: code.authTime ?? undefined,
    m: code.amr,
    l: code.acr,
    j: code.idTokenClaims,
    w: code.claims,
    t: code.displayHash,
    b: code.authorizedAt,
    e: code.expiresAt,
  } satisfies z.infer<typeof SealedCode>;
  const shard = shardOf(code.grant);
  const text = formatCode(shard, await root.seal('code', whole));
  if (text.length <= MAX_CODE_LENGTH) return { text };
  if (!pushed) {
    throw new OAuthError(
      'invalid_request',
      'this request is too long for an authorization code. Push it (PAR, RFC 9126), or use a shorter nonce, redirect URI, or fewer scopes, resources and claims.',
    );
  }
  const [core, rest] = [true, false].map((isCore) =>
    Object.fromEntries(Object.entries(whole).filter(([name]) => CORE_MEMBERS.includes(name) === isCore)),
  );
  return { text: formatCode(shard, await root.seal('code', { ...core, q: pushed })), ...(rest && { rest }) };
}

/**
 * Opens a code; undefined for anything that this server did not seal. The caller checks expiry. The shard of the sealed
 * grant counts: a different prefix makes the code invalid before any storage access.
 * @param restOf reads the content that is stored with the pushed request.
 */
export async function openAuthorizationCode(
  root: RootSecrets,
  text: string,
  restOf: (pushed: PushedRequestId) => Promise<Record<string, unknown> | undefined>,
): Promise<AuthorizationCode | undefined> {
  const parsed = parseCode(text);
  const content = parsed && ((await root.unseal('code', parsed.sealed)) as { g?: unknown; q?: unknown } | undefined);
  const grant = parseGrantId(content?.g);
  if (!grant || shardOf(grant) !== parsed?.shard) return undefined;
  const pushed = parsePushedRequestId(content?.q);
  const rest = pushed && (await restOf(pushed));
  const opened = SealedCode.safeParse({ ...rest, ...content });
  if (!opened.success) return undefined;
  const { data } = opened;
  return {
    grant: data.g,
    clientId: data.c,
    userId: data.p,
    sessionId: data.s,
    redirectUri: data.u,
    redirectUriGiven: data.i,
    codeChallenge: data.h,
    scopes: data.o,
    resources: data.r,
    nonce: data.n,
    dpopJkt: data.k,
    authTime: data.a ?? null,
    amr: data.m,
    acr: data.l,
    idTokenClaims: data.j,
    claims: data.w,
    displayHash: data.t,
    authorizedAt: data.b,
    expiresAt: data.e,
  };
}
