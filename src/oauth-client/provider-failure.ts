/** Failures at a provider: it refused, it could not be reached, or its answer is unusable. */
import * as oauth from 'oauth4webapi';
import { OutboundFailure } from '../http/outbound/outbound-budget.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import { isRetryableStatus, type ProviderRefusal } from './refusal.ts';

/** A failure at a provider. The message is one sentence for users and begins with the provider's host. */
export class ProviderFailure extends Error {
  readonly kind: 'refused' | 'unreachable' | 'unusable';
  /** The provider's error code (RFC 6749 §5.2), where it refused. */
  readonly code: string | undefined;
  /** The refusal of the token endpoint, in any form. */
  readonly refusal: ProviderRefusal | undefined;
  /** The status of its answer, where it answered. */
  readonly status: number | undefined;
  /** The detailed form, for the log and administrators: the received and the expected value. */
  readonly detail: string;

  constructor(kind: ProviderFailure['kind'], message: string, extras: Extras = {}) {
    super(message, { cause: extras.cause });
    this.kind = kind;
    this.code = extras.code ?? extras.refusal?.code;
    this.refusal = extras.refusal;
    this.status = extras.status ?? extras.refusal?.status;
    this.detail = extras.detail ?? message;
  }
}

type Extras = { cause?: unknown; code?: string; refusal?: ProviderRefusal; status?: number; detail?: string };

/** The error codes of RFC 6749 §4.1.2.1 and §5.2 and their extensions, in plain words for users. */
const CODE_MEANINGS: Record<string, string> = {
  access_denied: 'access was refused there',
  invalid_grant: 'the access has expired or was revoked there',
  invalid_client: 'it does not accept the credentials of this server',
  unauthorized_client: 'it does not allow this server to do that',
  unsupported_grant_type: 'it does not support this grant type',
  invalid_scope: 'it does not know the requested scopes, or does not allow them',
  invalid_request: 'it did not understand the request',
  invalid_target: 'it issues no tokens for the requested resource',
  use_dpop_nonce: 'it requires a new nonce each time',
  invalid_dpop_proof: 'it does not accept the proof that this server holds the key',
  unsupported_response_type: 'it does not support the authorization code flow',
  server_error: 'something went wrong there',
  temporarily_unavailable: 'it is overloaded or in maintenance',
  login_required: 'it requires you to sign in there',
  consent_required: 'it requires your consent again',
  interaction_required: 'it requires an action of yours there',
};

/** The message of a refusal: the meaning of the code and the provider's description, cut and without control characters. */
export function refusalMessage(host: string, code: string, description: string | undefined): string {
  const clean = (text: string) => text.replaceAll(/[^\x20-\x7e]/g, ' ').slice(0, 200);
  const detail = description ? `: ${clean(description)}` : '';
  return `${host} refused, ${CODE_MEANINGS[code] ?? 'for another reason'} (${clean(code)}${detail})`;
}

/** The detail of a library's error: the expected and the received value. */
function detailOf({ message, cause }: Error): string {
  if (cause instanceof Response) return `${message}: status ${cause.status}`;
  const { header, claims, claim, expected, reason } = { ...(cause as Expectation) };
  const list = [expected ?? []].flat().map(printable).join(', ');
  if (header && list)
    return `the id_token is signed with the algorithm ${printable(header.alg)}; accepted: ${list} (${reason}). Choose one of these at the provider`;
  if (claims && claim) {
    const remedy = REMEDIES[claim] ?? '';
    return `${message}: ${claim} is ${printable(claims[claim])}${list ? `, expected: ${list}` : ''}${remedy}`;
  }
  return message;
}

type Expectation = Partial<{
  header: { alg?: unknown };
  claims: Record<string, unknown>;
  claim: string;
  expected: unknown;
  reason: string;
}>;

/** Hints to the administrator by claim. */
const REMEDIES: Record<string, string> = {
  iss: '. Give this issuer in the record, if it is the right one',
  aud: '. Give the client id that the provider knows this server by',
  exp: '. Compare the clocks',
  nbf: '. Compare the clocks',
};

/** A received value as printable ASCII, for the detail of a failure. */
export const printable = (value: unknown): string =>
  (typeof value === 'string' ? value : (JSON.stringify(value) ?? 'not there'))
    .replaceAll(/[^\x20-\x7e]/g, ' ')
    .slice(0, 200);

/** Converts an error of a request to a provider to a ProviderFailure; any other error is returned as it is. */
export function asProviderFailure(host: string, thrown: unknown): unknown {
  if (thrown instanceof ProviderFailure || thrown instanceof OAuthError) return thrown;
  if (thrown instanceof OutboundFailure) return new ProviderFailure('unreachable', thrown.message, { cause: thrown });
  if (thrown instanceof oauth.ResponseBodyError) {
    const { error: code, error_description: description, status } = thrown;
    // RFC 6749 §5.2 is for refusals; a status says that a server is down or busy.
    const kind = isRetryableStatus(status) ? 'unreachable' : 'refused';
    const refusal = { status, code, description };
    return new ProviderFailure(kind, refusalMessage(host, code, description), { cause: thrown, refusal });
  }
  if (thrown instanceof oauth.WWWAuthenticateChallengeError) {
    const code = thrown.cause[0]?.parameters.error ?? 'invalid_client';
    const refusal = { status: thrown.status, code, description: undefined };
    return new ProviderFailure('refused', refusalMessage(host, code, undefined), { cause: thrown, refusal });
  }
  if (thrown instanceof oauth.OperationProcessingError || thrown instanceof oauth.UnsupportedOperationError) {
    const status = thrown.cause instanceof Response ? thrown.cause.status : undefined;
    if (status !== undefined && isRetryableStatus(status))
      return new ProviderFailure('unreachable', `${host} answered ${status}`, { cause: thrown });
    return new ProviderFailure('unusable', `${host} sent an answer that cannot be used`, {
      cause: thrown,
      detail: `${host} sent an answer that cannot be used: ${detailOf(thrown)}`,
    });
  }
  return thrown;
}
