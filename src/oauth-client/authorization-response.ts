/** Authorization responses of a provider: validation, and exchange of the code (RFC 9207, RFC 6749 §4.1.2). */
import * as oauth from 'oauth4webapi';
import { constantTimeEqual } from '../crypto/digest.ts';
import type { Deps } from '../http/context.ts';
import { useAllOnce, wasUsed } from '../storage/grants/single-use.ts';
import { type CodeExchangeResult, exchangeCode } from './code-exchange.ts';
import type { Flow } from './flow.ts';
import { oauthClientOf, type ProviderClient, type ProviderClientDeps, providerHost } from './provider-client.ts';
import { asProviderFailure, ProviderFailure, printable, refusalMessage } from './provider-failure.ts';

/** The failure of an answer that was processed before, by a concurrent request or an earlier one. */
export class AnswerAlreadyUsed extends ProviderFailure {}

/**
 * The tokens of a flow. The state is consumed first: an answer is processed once, whatever its outcome.
 * @throws ProviderFailure with a message for the user; AnswerAlreadyUsed for a repeated answer.
 */
export async function processAuthorizationResponse(
  deps: ProviderClientDeps & Pick<Deps, 'databases'>,
  client: ProviderClient,
  flow: Flow,
  answer: URLSearchParams,
): Promise<CodeExchangeResult> {
  const parameters = validateAnswer(client, flow, answer);
  await consumeState(deps, flow);
  if (parameters instanceof ProviderFailure) throw parameters;
  const { verifier, nonce, scopes, proofKey } = flow;
  return exchangeCode(deps, client, { parameters, verifier, nonce, scopes, proofKey });
}

/** The parameters for the code exchange, or the provider's refusal. */
function validateAnswer(
  client: ProviderClient,
  flow: Flow,
  answer: URLSearchParams,
): URLSearchParams | ProviderFailure {
  const host = providerHost(client);
  if (!constantTimeEqual(answer.get('state') ?? '', flow.state))
    throw new ProviderFailure('unusable', 'this answer belongs to another request');
  checkIssuer(client, flow, answer.get('iss'));
  try {
    return oauth.validateAuthResponse(client.server, oauthClientOf(client), answer, flow.state);
  } catch (error) {
    if (!(error instanceof oauth.AuthorizationResponseError)) throw asProviderFailure(host, error);
    const message = refusalMessage(host, error.error, error.error_description);
    return new ProviderFailure('refused', message, { cause: error, code: error.error });
  }
}

/**
 * Validates the issuer of an answer before any other parameter.
 * @throws ProviderFailure whose detail names both issuers.
 */
function checkIssuer(client: ProviderClient, { issuer: expected }: Flow, iss: string | null): void {
  const { issuer, authorization_response_iss_parameter_supported: isPromised } = client.server;
  // RFC 9207 §2.4: clients MUST compare the extracted and URL-decoded value to the issuer identifier of the
  // authorization server where the authorization request was sent to, by simple string comparison. They MUST reject
  // an answer without it from a server that indicates its support.
  const isMissing = iss === null && isPromised === true;
  if (issuer === expected && !isMissing && (iss === null || iss === expected)) return;
  const message = `this answer does not come from ${providerHost(client)}, where it was expected from`;
  const why =
    issuer === expected
      ? `the parameter iss is ${iss === null ? 'missing' : printable(iss)}, expected: ${expected} (RFC 9207)`
      : `the flow began at ${expected}, the record names ${issuer} now`;
  throw new ProviderFailure('unusable', message, { detail: `${message}: ${why}` });
}

/** True for a refusal without `state`: Frappe omits it where the user presses Deny. */
export const isRefusalWithoutState = (answer: URLSearchParams): boolean =>
  !answer.get('state') && !answer.get('code') && Boolean(answer.get('error'));

/**
 * A refusal without `state` (REQUIRED in RFC 6749 §4.1.2.1), of the only flow that it can belong to. It is only
 * displayed: nothing binds it to the flow, which stays pending.
 */
export function refusalWithoutState(
  client: ProviderClient,
  flow: Flow,
  answer: URLSearchParams,
): ProviderFailure | undefined {
  const whole = new URLSearchParams(answer);
  whole.set('state', flow.state);
  const validated = validateAnswer(client, flow, whole);
  return validated instanceof ProviderFailure ? validated : undefined;
}

async function consumeState({ databases, moment }: Pick<Deps, 'databases' | 'moment'>, flow: Flow): Promise<void> {
  try {
    await useAllOnce(databases.global, moment, [{ text: `state ${flow.state}`, expiresAt: flow.expiresAt }]);
  } catch (error) {
    if (!wasUsed(error)) throw error;
    throw new AnswerAlreadyUsed('unusable', 'this answer was used before', { cause: error });
  }
}
