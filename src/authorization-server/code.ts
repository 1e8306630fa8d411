/**
 * The authorization code: the whole approved request, sealed. It names the one grant that it can become, so that
 * redeeming it needs no lookup and its single use is the grant's primary key (DESIGN §2).
 */
import * as z from 'zod';
import type { RootSecrets } from '../crypto/seal.ts';
import {
  formatCode,
  type GrantId,
  LONGEST_CODE,
  type PersonId,
  type PushedId,
  parseCode,
  type SessionId,
} from '../protocol/credentials.ts';
import { OAuthError } from '../protocol/oauth-error.ts';

/** Short names on the wire: a code travels in URLs. */
const Sealed = z.object({
  g: z.string(),
  c: z.string(),
  p: z.string(),
  s: z.string(),
  u: z.string(),
  i: z.boolean(),
  h: z.string(),
  o: z.array(z.string()),
  r: z.array(z.string()),
  n: z.string().optional(),
  k: z.string().optional(),
  a: z.number(),
  m: z.array(z.string()),
  l: z.string().optional(),
  j: z.array(z.string()).default([]),
  w: z.array(z.string()).default([]),
  b: z.number(),
  e: z.number(),
});

/** What stays in a code, however long the request was: the rest may stand beside the pushed request. */
const CORE = ['g', 'c', 'p', 's', 'i', 'h', 'k', 'a', 'b', 'e'];

export type Code = {
  grant: GrantId;
  clientId: string;
  personId: PersonId;
  sessionId: SessionId;
  redirectUri: string;
  /** Whether the authorization request named the redirect URI: then the token request must, too. */
  redirectUriGiven: boolean;
  codeChallenge: string;
  scopes: string[];
  resources: string[];
  nonce: string | undefined;
  /** The thumbprint of the key that it is bound to (RFC 9449 §10). */
  dpopJkt: string | undefined;
  /** Milliseconds, as all times here. */
  authTime: number;
  /** How the person proved who they are (RFC 8176), and what class that is of. */
  amr: string[];
  acr: string | undefined;
  /** Claims asked for by name: in the id_token, and at /userinfo. */
  idTokenClaims: string[];
  claims: string[];
  bornAt: number;
  expiresAt: number;
};

/**
 * @param pushed the request, where it was pushed: then a code without room for all of it refers to it.
 * @returns the code, and what must be kept with the pushed request.
 * @throws OAuthError invalid_request when the request is too long to travel in a code.
 */
export async function sealCode(
  root: RootSecrets,
  shard: string,
  code: Code,
  pushed: PushedId | undefined,
): Promise<{ text: string; rest?: Record<string, unknown> }> {
  const whole = {
    g: code.grant,
    c: code.clientId,
    p: code.personId,
    s: code.sessionId,
    u: code.redirectUri,
    i: code.redirectUriGiven,
    h: code.codeChallenge,
    o: code.scopes,
    r: code.resources,
    n: code.nonce,
    k: code.dpopJkt,
    a: code.authTime,
    m: code.amr,
    l: code.acr,
    j: code.idTokenClaims,
    w: code.claims,
    b: code.bornAt,
    e: code.expiresAt,
  } satisfies z.infer<typeof Sealed>;
  const text = formatCode(shard, await root.seal('code', whole));
  if (text.length <= LONGEST_CODE) return { text };
  if (!pushed) {
    throw new OAuthError(
      'invalid_request',
      'this request is too long to fit a code. Push it (PAR, RFC 9126), or use a shorter nonce, redirect URI, or fewer scopes, resources and claims.',
    );
  }
  const [core, rest] = [true, false].map((isCore) =>
    Object.fromEntries(Object.entries(whole).filter(([name]) => CORE.includes(name) === isCore)),
  );
  return { text: formatCode(shard, await root.seal('code', { ...core, q: pushed })), ...(rest && { rest }) };
}

const Reference = z.object({ q: z.string().transform((id) => id as PushedId) });

/**
 * The code, or undefined for what this server did not seal. Whether it expired is not judged here.
 * @param restOf what is kept with the pushed request of a code that had no room for it.
 */
export async function openCode(
  root: RootSecrets,
  text: string,
  restOf: (pushed: PushedId) => Promise<Record<string, unknown> | undefined>,
): Promise<(Code & { shard: string }) | undefined> {
  const parsed = parseCode(text);
  const content = parsed && (await root.unseal('code', parsed.sealed));
  const reference = Reference.safeParse(content);
  const rest = reference.success ? await restOf(reference.data.q) : undefined;
  const opened = Sealed.safeParse(rest ? { ...rest, ...(content as object) } : content);
  if (!parsed || !opened.success) return undefined;
  const { data } = opened;
  return {
    shard: parsed.shard,
    grant: data.g as GrantId,
    clientId: data.c,
    personId: data.p as PersonId,
    sessionId: data.s as SessionId,
    redirectUri: data.u,
    redirectUriGiven: data.i,
    codeChallenge: data.h,
    scopes: data.o,
    resources: data.r,
    nonce: data.n,
    dpopJkt: data.k,
    authTime: data.a,
    amr: data.m,
    acr: data.l,
    idTokenClaims: data.j,
    claims: data.w,
    bornAt: data.b,
    expiresAt: data.e,
  };
}
