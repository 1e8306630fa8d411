/** Somebody comes back from a provider: the answer is judged, and its code exchanged (RFC 9207, RFC 6749 §4.1.2). */
import * as oauth from 'oauth4webapi';
import { equalInConstantTime } from '../crypto/digest.ts';
import { spendAll, wasSpent } from '../storage/spent.ts';
import type { Deps } from '../web/context.ts';
import type { Flow } from './begin.ts';
import { clientOf, hostOf, type Party, type PartyDeps } from './party.ts';
import { asProviderFailure, ProviderFailure, refusalInWords } from './provider-failure.ts';
import { type Redeemed, redeemCode } from './token-request.ts';

/**
 * What came of the flow. The state is spent first: an answer is judged once, whatever comes of it.
 * @throws ProviderFailure in words for the person.
 */
export async function finish(
  deps: PartyDeps & Pick<Deps, 'databases'>,
  party: Party,
  flow: Flow,
  answer: URLSearchParams,
): Promise<Redeemed> {
  const parameters = judgeAnswer(party, flow, answer);
  await spendState(deps, flow);
  if (parameters instanceof ProviderFailure) throw parameters;
  const { verifier, nonce, scopes, proofKey } = flow;
  return redeemCode(deps, party, { parameters, verifier, nonce, scopes, proofKey });
}

/** The parameters that a code may be exchanged with, or the provider's own refusal. */
function judgeAnswer(party: Party, flow: Flow, answer: URLSearchParams): URLSearchParams | ProviderFailure {
  const host = hostOf(party);
  if (!equalInConstantTime(answer.get('state') ?? '', flow.state))
    throw new ProviderFailure('unusable', 'this answer belongs to another request');
  // RFC 9207 §2.4: clients MUST compare the extracted and URL-decoded value to the issuer identifier of the
  // authorization server where the authorization request was sent to, by simple string comparison.
  const iss = answer.get('iss');
  if (party.server.issuer !== flow.issuer || (iss !== null && iss !== flow.issuer))
    throw new ProviderFailure('unusable', `this answer does not come from ${host}, where it was expected from`);
  try {
    // It refuses a missing `iss` where the server promises one, before it looks at `error`.
    return oauth.validateAuthResponse(party.server, clientOf(party), answer, flow.state);
  } catch (error) {
    if (!(error instanceof oauth.AuthorizationResponseError)) throw asProviderFailure(host, error);
    const message = refusalInWords(host, error.error, error.error_description);
    return new ProviderFailure('refused', message, { cause: error, code: error.error });
  }
}

async function spendState({ databases, moment }: Pick<Deps, 'databases' | 'moment'>, flow: Flow): Promise<void> {
  try {
    await spendAll(databases.global, moment, [{ text: `state ${flow.state}`, expiresAt: flow.until }]);
  } catch (error) {
    if (!wasSpent(error)) throw error;
    throw new ProviderFailure('unusable', 'this answer was used before', { cause: error });
  }
}
