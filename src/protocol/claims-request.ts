/** The `claims` parameter (OpenID Connect Core §5.5): single claims, asked for by name. */
import * as z from 'zod';
import { OAuthError } from './oauth-error.ts';
import { scopeOfClaim } from './person-claims.ts';

/** §5.5.1: how a claim is asked for; null is the default way. */
const Individual = z
  .object({
    essential: z.boolean().optional(),
    value: z.unknown(),
    values: z.array(z.unknown()).optional(),
  })
  .partial()
  .nullable();

const Claims = z.object({
  userinfo: z.record(z.string(), Individual).nullish(),
  id_token: z.record(z.string(), Individual).nullish(),
});

/** Claims about the person, by where they are wanted. */
export type NamedClaims = { idToken: string[]; userinfo: string[] };

export type ClaimsRequest = {
  named: NamedClaims;
  /** §5.5.1: the only person whose tokens will do. */
  sub: string | undefined;
  /** §5.5.1.1: the classes of authentication of which one is needed. */
  acr: string[];
};

/**
 * What is asked for, as far as it exists here: §5.5: members that are not understood MUST be ignored.
 * @throws OAuthError invalid_request for what is not such a request.
 */
export function parseClaimsRequest(text: string | undefined): ClaimsRequest {
  const parsed = Claims.safeParse(text === undefined ? {} : parseJson(text));
  if (!parsed.success) {
    const path = parsed.error.issues[0]?.path.join('.');
    throw invalid(
      `claims${path ? `, at ${path},` : ''} is not a request for claims (OpenID Connect Core section 5.5).`,
    );
  }
  const { userinfo, id_token } = parsed.data;
  return {
    named: { idToken: existing(id_token), userinfo: existing(userinfo) },
    sub: subOf(id_token?.sub) ?? subOf(userinfo?.sub),
    acr: id_token?.acr?.essential ? valuesOf(id_token.acr) : [],
  };
}

/** Only those that these scopes open. */
export function claimsWithin({ idToken, userinfo }: NamedClaims, scopes: readonly string[]): NamedClaims {
  const isOpen = (claim: string) => scopes.includes(scopeOfClaim(claim) ?? '');
  return { idToken: idToken.filter(isOpen), userinfo: userinfo.filter(isOpen) };
}

/** The scopes that would open what is asked for: by their words a person is asked. */
export function scopesOfClaims({ idToken, userinfo }: NamedClaims): string[] {
  return [...new Set([...idToken, ...userinfo].flatMap((claim) => scopeOfClaim(claim) ?? []))];
}

const existing = (asked: Record<string, unknown> | null | undefined) =>
  Object.keys(asked ?? {}).filter((claim) => scopeOfClaim(claim) !== undefined);

const valuesOf = (asked: z.infer<typeof Individual> | undefined): string[] =>
  [asked?.value, ...(asked?.values ?? [])].filter((value) => typeof value === 'string');

const subOf = (asked: z.infer<typeof Individual> | undefined): string | undefined => valuesOf(asked)[0];

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalid('claims is not JSON.', cause);
  }
}

const invalid = (description: string, cause?: unknown) => new OAuthError('invalid_request', description, { cause });
