/** Authorize URLs for the running Worker. */
import { createHash } from 'node:crypto';
import { inject } from 'vitest';

export const VERIFIER = 'a-verifier-that-is-long-enough-to-be-one-0123456789';

/** A whole request of this client; `changes` replace parameters. */
export function authorizeUrlOf(clientId: string, redirectUri: string, changes: Record<string, string> = {}): string {
  const url = new URL('/authorize', inject('worker').url);
  url.search = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    scope: 'openid profile email',
    state: 'the-state',
    code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'),
    code_challenge_method: 'S256',
    ...changes,
  }).toString();
  return url.href;
}
