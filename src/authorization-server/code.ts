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
  a: z.number(),
  m: z.array(z.string()),
  l: z.string().optional(),
  j: z.array(z.string()).default([]),
  q: z.array(z.string()).default([]),
  b: z.number(),
  e: z.number(),
});

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

/** @throws OAuthError invalid_request when the request is too long to travel in a code. */
export async function sealCode(root: RootSecrets, shard: string, code: Code): Promise<string> {
  const sealed = await root.seal('code', {
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
    a: code.authTime,
    m: code.amr,
    l: code.acr,
    j: code.idTokenClaims,
    q: code.claims,
    b: code.bornAt,
    e: code.expiresAt,
  } satisfies z.infer<typeof Sealed>);
  const text = formatCode(shard, sealed);
  if (text.length > LONGEST_CODE) {
    throw new OAuthError(
      'invalid_request',
      'this request is too long: use a shorter nonce, redirect URI, or fewer scopes, resources and claims.',
    );
  }
  return text;
}

/** The code, or undefined for what this server did not seal. Whether it expired is not judged here. */
export async function openCode(root: RootSecrets, text: string): Promise<(Code & { shard: string }) | undefined> {
  const parsed = parseCode(text);
  const opened = Sealed.safeParse(parsed && (await root.unseal('code', parsed.sealed)));
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
    authTime: data.a,
    amr: data.m,
    acr: data.l,
    idTokenClaims: data.j,
    claims: data.q,
    bornAt: data.b,
    expiresAt: data.e,
  };
}
