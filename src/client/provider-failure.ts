/** What can go wrong at a provider, told apart: it refused, it could not be reached, or it answered what is no answer. */
import * as oauth from 'oauth4webapi';
import { OAuthError } from '../protocol/oauth-error.ts';
import { OutboundFailure } from '../web/outbound.ts';

/** The message is for people, and begins with the provider's host. */
export class ProviderFailure extends Error {
  readonly kind: 'refused' | 'unreachable' | 'unusable';
  /** The provider's own word for it (RFC 6749 §5.2), where it refused. */
  readonly code: string | undefined;

  constructor(kind: ProviderFailure['kind'], message: string, extras: { cause?: unknown; code?: string } = {}) {
    super(message, { cause: extras.cause });
    this.kind = kind;
    this.code = extras.code;
  }
}

/** What RFC 6749 §4.1.2.1 and §5.2 say by these words, for people. */
const WORDS: Record<string, string> = {
  access_denied: 'access was refused there',
  invalid_grant: 'what was agreed there has ended or was taken back',
  invalid_client: 'it does not accept the credentials of this server',
  unauthorized_client: 'it does not let this server do that',
  unsupported_grant_type: 'it gives no tokens in this way',
  invalid_scope: 'it does not know what was asked for, or does not allow it',
  invalid_request: 'it did not understand the request',
  invalid_target: 'it has no tokens for the resource that was asked for',
  use_dpop_nonce: 'it asks for one nonce after the other',
  invalid_dpop_proof: 'it does not accept the proof that this server holds the key',
  unsupported_response_type: 'it does not do the code flow',
  server_error: 'something went wrong there',
  temporarily_unavailable: 'it is overloaded or under repair',
  login_required: 'it wants you to sign in there',
  consent_required: 'it wants to be asked again',
  interaction_required: 'it wants to show you something',
};

/** A provider's refusal as a sentence: what the code means, and what it says itself, cut and without control characters. */
export function refusalInWords(host: string, code: string, description: string | undefined): string {
  const clean = (text: string) => text.replaceAll(/[^\x20-\x7e]/g, ' ').slice(0, 200);
  const said = description ? `: ${clean(description)}` : '';
  return `${host} refused, ${WORDS[code] ?? 'for a reason of its own'} (${clean(code)}${said})`;
}

/** Makes a failure of ours out of whatever a request to a provider threw. */
export function asProviderFailure(host: string, thrown: unknown): unknown {
  if (thrown instanceof ProviderFailure || thrown instanceof OAuthError) return thrown;
  if (thrown instanceof OutboundFailure) return new ProviderFailure('unreachable', thrown.message, { cause: thrown });
  if (thrown instanceof oauth.ResponseBodyError) {
    const { error: code, error_description: description } = thrown;
    // RFC 6749 §5.2 is for refusals; a server that is down says so with a status of 500 and more.
    const kind = thrown.status >= 500 ? 'unreachable' : 'refused';
    return new ProviderFailure(kind, refusalInWords(host, code, description), { cause: thrown, code });
  }
  if (thrown instanceof oauth.WWWAuthenticateChallengeError) {
    const code = thrown.cause[0]?.parameters.error ?? 'invalid_client';
    return new ProviderFailure('refused', refusalInWords(host, code, undefined), { cause: thrown, code });
  }
  if (thrown instanceof oauth.OperationProcessingError || thrown instanceof oauth.UnsupportedOperationError) {
    const status = thrown.cause instanceof Response ? thrown.cause.status : undefined;
    if (status !== undefined && status >= 500)
      return new ProviderFailure('unreachable', `${host} answered ${status}`, { cause: thrown });
    return new ProviderFailure('unusable', `${host} sent an answer that cannot be used: ${thrown.message}`, {
      cause: thrown,
    });
  }
  return thrown;
}
