/** What is known of a provider before anybody types anything: data, and what it does in a way of its own. */
import type { ClientAuthMethod } from '../../protocol/connected-app.ts';
import type { Endpoints } from '../../protocol/server-metadata.ts';

export type Provider = {
  /** What people know it by. */
  title: string;
  /** The page of the provider's documentation that this was taken from, and the day on which it was read. */
  documentation: string;
  read: string;
  issuer?: string;
  endpoints?: Partial<Endpoints>;
  authMethod?: ClientAuthMethod;
  scopes: readonly string[];
  query?: Readonly<Record<string, string>>;
  /** Where its tokens may be sent. */
  api: readonly string[];
  /** Whether its API stands below the issuer. */
  apiIsIssuer?: boolean;
  /** What an administrator must say beside the client id. */
  needs?: readonly ('issuer' | 'resource' | 'endpoints')[];
  /** Whether a server without PKCE in its metadata is refused. */
  demandsPkce?: boolean;
  /** The name of the parameter that carries the scopes, where it is not `scope`. */
  scopeParameter?: string;
  /** Makes an answer of the token endpoint what RFC 6749 §5 says. */
  conform?: (answer: TokenAnswer) => TokenAnswer;
  /** Whether its id_tokens cannot be verified, so that nothing is taken from them. */
  ignoresIdToken?: boolean;
  /** How access is given back where there is no endpoint of RFC 7009. */
  revocation?: (clientId: string, secret: string, token: string) => RevocationCall;
};

export type TokenAnswer = { status: number; body: Record<string, unknown> };
export type RevocationCall = { url: string; method: string; headers: Record<string, string>; body: string };

/** Several providers answer a failure with 200 (RFC 6749 §5.2 says 400). */
export function refusalIs400({ status, body }: TokenAnswer): TokenAnswer {
  return status === 200 && typeof body.error === 'string' ? { status: 400, body } : { status, body };
}

/** And separate scopes with commas (RFC 6749 §3.3 says spaces). */
export function spacedScopes({ status, body }: TokenAnswer): TokenAnswer {
  if (typeof body.scope !== 'string') return { status, body };
  return {
    status,
    body: {
      ...body,
      scope: body.scope
        .split(/[,\s]+/)
        .join(' ')
        .trim(),
    },
  };
}
