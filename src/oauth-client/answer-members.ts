/** Members of endpoint responses, converted to what RFC 6749 §5.1, RFC 7591 §3.2.1 and RFC 9126 §2.2 say of them. */

type Body = Record<string, unknown>;

/** A kind of answer: the status of its specification, its required members, and the optional ones. */
export type AnswerKind = {
  status: number;
  /** The name of a required member that is missing. */
  missing: (body: Body | undefined) => string | undefined;
  members: (body: Body) => Body;
};

/** Token (RFC 6749 §5.1), pushed authorization request (RFC 9126 §2.2) and registration (RFC 7591 §3.2.1). */
export const ANSWERS = {
  token: {
    status: 200,
    missing: (body) => (isText(body?.access_token) ? undefined : 'an access_token'),
    members: withTokens,
  },
  pushed: {
    status: 201,
    missing: (body) => {
      if (!isText(body?.request_uri)) return 'a request_uri';
      return lifetimeIn(body.expires_in) === undefined ? 'an expires_in' : undefined;
    },
    members: ({ request_uri, expires_in }) => ({ request_uri, expires_in: lifetimeIn(expires_in) }),
  },
  registration: {
    status: 201,
    missing: (body) => (isText(body?.client_id) ? undefined : 'a client_id'),
    members: withCredentials,
  },
} as const satisfies Record<string, AnswerKind>;

export type AnswerName = keyof typeof ANSWERS;

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

/** Seconds, as a number or as a text. */
function lifetimeIn(value: unknown): number | undefined {
  const number = isText(value) && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) && number >= 0 ? number : undefined;
}

/** The members of a token response (RFC 6749 §5.1): access_token is required; empty ones are omitted. */
function withTokens({ token_type, expires_in, refresh_token, scope, id_token, ...rest }: Body): Body {
  const lifetime = lifetimeIn(expires_in);
  const scopes = scopesIn(scope);
  return {
    ...rest,
    token_type: typeOf(token_type),
    ...(lifetime !== undefined && { expires_in: lifetime }),
    ...(isText(refresh_token) && { refresh_token }),
    ...(scopes !== undefined && { scope: scopes }),
    ...(isText(id_token) && { id_token }),
  };
}

/**
 * The members of a registration (RFC 7591 §3.2.1): client_id is required, and an expiry beside a secret; some servers omit
 * the expiry, and send a public client an empty secret.
 */
function withCredentials({ client_id, client_secret, client_secret_expires_at, ...rest }: Body): Body {
  const { token_endpoint_auth_method: method, registration_client_uri: uri, registration_access_token: token } = rest;
  return {
    client_id,
    ...(isText(client_secret) && {
      client_secret,
      client_secret_expires_at: lifetimeIn(client_secret_expires_at) ?? 0,
    }),
    ...(isText(method) && { token_endpoint_auth_method: method }),
    ...(isText(uri) && { registration_client_uri: uri }),
    ...(isText(token) && { registration_access_token: token }),
  };
}

/** The token type, required by RFC 6749 §5.1; some servers omit it, or use another name (Apigee: BearerToken). */
const typeOf = (type: unknown): string => (isText(type) && !/^bearer/i.test(type) ? type : 'Bearer');

/** Scopes separated by spaces (RFC 6749 §3.3); some servers send commas or a list. */
function scopesIn(scope: unknown): string | undefined {
  const text = Array.isArray(scope) ? scope.filter(isText).join(' ') : scope;
  return typeof text === 'string' ? text.split(/[, ]+/).filter(Boolean).join(' ') : undefined;
}
