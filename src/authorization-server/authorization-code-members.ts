/** The content of an authorization code, and its form inside the seal, whose short member names keep URLs short. */
import * as z from 'zod/mini';
import {
  type GrantId,
  parseGrantId,
  parseSessionId,
  parseUserId,
  type SessionId,
  type UserId,
} from '../protocol/credentials.ts';

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

/** The sealed content. Short names: a code is part of URLs. */
const SealedCode = z.lazy(() =>
  z.object({
    g: z.custom<GrantId>((value) => parseGrantId(value) !== undefined),
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
  }),
);

/** The form inside the seal. */
export const toSealedMembers = (code: AuthorizationCode) =>
  ({
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
  }) satisfies z.infer<typeof SealedCode>;

/** The content of a code by the form inside the seal; undefined for anything else. */
export function fromSealedMembers(members: unknown): AuthorizationCode | undefined {
  const opened = SealedCode.safeParse(members);
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
