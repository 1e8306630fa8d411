/** The `claims` parameter (OpenID Connect Core §5.5): individual claims, requested by name. */
import * as z from 'zod/mini';
import { OAuthError } from './oauth-error.ts';
import { scopeOfClaim, scopesOfClaims } from './user-claims.ts';

/** A request for one claim (§5.5.1); null is a voluntary claim. */
const IndividualClaim = z.nullable(
  z.object({
    essential: z.optional(z.boolean()),
    value: z.optional(z.unknown()),
    values: z.optional(z.array(z.unknown())),
  }),
);

const Claims = z.object({
  userinfo: z.nullish(z.record(z.string(), IndividualClaim)),
  id_token: z.nullish(z.record(z.string(), IndividualClaim)),
});

/** Requested claims about the user, by their place. */
export type RequestedClaims = { idToken: string[]; userinfo: string[] };

export type ClaimsRequest = {
  claims: RequestedClaims;
  /** The required user (§5.5.1). */
  sub: string | undefined;
  /** The authentication context classes of which one is required (§5.5.1.1). */
  acr: string[];
  /** True if auth_time is an Essential Claim of the id_token (§5.5.1). */
  authTime: boolean;
};

/**
 * Parses the parameter. §5.5: members that are not understood MUST be ignored.
 * @throws OAuthError invalid_request
 */
export function parseClaimsRequest(text: string | undefined): ClaimsRequest {
  const parsed = Claims.safeParse(text === undefined ? {} : parseJson(text));
  if (!parsed.success) {
    const path = parsed.error.issues[0]?.path.join('.');
    throw invalid(
      path
        ? `claims, at ${path}, is not a request for claims (OpenID Connect Core section 5.5).`
        : 'claims is not a request for claims (OpenID Connect Core section 5.5).',
    );
  }
  const { userinfo, id_token } = parsed.data;
  return {
    claims: { idToken: supportedNames(id_token), userinfo: supportedNames(userinfo) },
    sub: subOf(id_token?.sub) ?? subOf(userinfo?.sub),
    acr: id_token?.acr?.essential ? valuesOf(id_token.acr) : [],
    authTime: id_token?.auth_time?.essential === true,
  };
}

/** The requested claims that these scopes include. */
export function filterRequestedClaims(
  { idToken, userinfo }: RequestedClaims,
  scopes: readonly string[],
): RequestedClaims {
  const isIncluded = (claim: string) => scopes.includes(scopeOfClaim(claim) ?? '');
  return { idToken: idToken.filter(isIncluded), userinfo: userinfo.filter(isIncluded) };
}

/** The scopes that include the requested claims: the consent page shows their texts. */
export function scopesForClaims({ idToken, userinfo }: RequestedClaims): string[] {
  return scopesOfClaims([...idToken, ...userinfo]);
}

const supportedNames = (requested: Record<string, unknown> | null | undefined) =>
  Object.keys(requested ?? {}).filter((claim) => scopeOfClaim(claim) !== undefined);

const valuesOf = (request: z.infer<typeof IndividualClaim> | undefined): string[] =>
  [request?.value, ...(request?.values ?? [])].filter((value) => typeof value === 'string');

const subOf = (request: z.infer<typeof IndividualClaim> | undefined): string | undefined => valuesOf(request)[0];

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalid('claims is not JSON.', cause);
  }
}

const invalid = (description: string, cause?: unknown) => new OAuthError('invalid_request', description, { cause });
