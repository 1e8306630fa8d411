/** Authorization codes for the callers of a benchmark, and the requests that redeem them. */
import { createHash } from 'node:crypto';
import { sealAuthorizationCode } from '../src/authorization-server/sealed-authorization-code.ts';
import { parseConfig } from '../src/config.ts';
import { newGrantId, newSessionId, newUserId, type UserId } from '../src/protocol/credentials.ts';

export const REDIRECT_URI = 'https://app.example/callback';
export const VERIFIER = 'a-verifier-that-is-long-enough-to-be-one-0123456789';
export const CODE_CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');

export type CodeRequest = {
  clientId: string;
  count: number;
  /** The user that all codes are for; where it is missing, each has another one, of whom nothing is stored. */
  userId?: UserId;
  scopes?: readonly string[];
};

/** Authorization codes as the consent page seals them: each becomes a grant of its own. */
export async function mintCodes(
  bindings: Record<string, string>,
  { clientId, count, userId, scopes = ['profile'] }: CodeRequest,
): Promise<string[]> {
  const { root, issuer } = parseConfig(bindings);
  const now = Date.now();
  const codes = await Promise.all(
    Array.from({ length: count }, () => {
      const code = {
        grant: newGrantId('0'),
        clientId,
        userId: userId ?? newUserId(),
        sessionId: newSessionId('0'),
        codeChallenge: CODE_CHALLENGE,
        redirectUri: REDIRECT_URI,
        redirectUriGiven: true,
        scopes: [...scopes],
        resources: [issuer],
        nonce: undefined,
        dpopJkt: undefined,
        amr: ['pwd'],
        acr: undefined,
        idTokenClaims: [],
        claims: [],
        authTime: now,
        authorizedAt: now,
        expiresAt: now + 600_000,
      };
      return sealAuthorizationCode(root, code, undefined);
    }),
  );
  return codes.map(({ text }) => text);
}

/** The token request that redeems a code. */
export const redemption = (client_id: string, code: string) => ({
  grant_type: 'authorization_code',
  client_id,
  code,
  redirect_uri: REDIRECT_URI,
  code_verifier: VERIFIER,
});
