/** POST /par (RFC 9126): a client says its whole request beforehand, and sends the person with a reference to it. */
import type { Context } from 'hono';
import { newPushedId, newRequestUri } from '../../protocol/credentials.ts';
import { SECOND } from '../../protocol/lifetimes.ts';
import { OAuthError, tooManyRequests } from '../../protocol/oauth-error.ts';
import { createPushedRequest } from '../../storage/pushed-requests.ts';
import { spendAll } from '../../storage/spent.ts';
import type { Web } from '../../web/context.ts';
import { type Possession, readPossession } from '../../web/dpop.ts';
import type { Parameters } from '../../web/parameters.ts';
import type { Caller } from '../clients/authenticate/method.ts';
import { isPublic } from '../clients/client.ts';
import { withRegistry } from '../resources.ts';
import { hintedSub, parseRequest, proveTarget } from './validate.ts';

/** It travels through the consent form, sealed, which must fit a form. */
const LONGEST_PUSHED = 32 * 1024;

/** What proves the client is no part of the request (RFC 9126 §2.1). */
const PROOFS = { client_secret: undefined, client_assertion: undefined, client_assertion_type: undefined };

export async function pushRequest(c: Context<Web>, { client, spends }: Caller, form: Parameters) {
  const deps = c.get('deps');
  const { ceilings, config, databases, moment, network, place } = deps;
  if (isPublic(client) && !(await ceilings.pushedRequest.limit({ key: network })).success) {
    throw tooManyRequests('too many requests were pushed from your network just now.', 60);
  }
  const possession = await readPossession(c);
  // RFC 9126 §2.1: the request_uri authorization request parameter MUST NOT be provided in this case.
  if (form.all('request_uri').length > 0) throw new OAuthError('invalid_request', 'request_uri cannot be pushed.');
  const parameters = form.with({ ...PROOFS, client_id: client.id, dpop_jkt: boundTo(form, possession) });
  const query = parameters.toString();
  // RFC 9126 §2.3: 413, if the request size was beyond the upper bound that the server allows.
  if (query.length > LONGEST_PUSHED) throw new OAuthError('too_large', `the request is longer than ${LONGEST_PUSHED}.`);
  // RFC 9126 §2.1: validate the pushed request as it would an authorization request sent to the authorization endpoint.
  const [target, settings] = await Promise.all([proveTarget(deps, parameters), deps.settings()]);
  const hinted = await hintedSub(deps, target, parameters);
  await withRegistry(deps, (registry) => parseRequest(settings, registry, target, parameters, config.issuer, hinted));
  const shard = databases.nearest(place);
  const requestUri = newRequestUri(shard);
  const expiresAt = moment.now + settings.pushed_request_seconds * SECOND;
  const pushed = { id: newPushedId(shard), requestUri, clientId: client.id, parameters: query, expiresAt };
  await Promise.all([
    createPushedRequest(databases, pushed),
    spendAll(databases.global, moment, possession ? [...spends, possession.spend] : spends),
  ]);
  return { request_uri: requestUri, expires_in: settings.pushed_request_seconds };
}

/** RFC 9449 §10.1: a proof with the pushed request binds the code to its key, as dpop_jkt does; they MUST agree. */
function boundTo(form: Parameters, possession: Possession | undefined): string | undefined {
  const named = form.one('dpop_jkt');
  if (possession && named !== undefined && named !== possession.thumbprint) {
    throw new OAuthError('invalid_dpop_proof', 'dpop_jkt is not the thumbprint of the key of the DPoP proof.');
  }
  return possession?.thumbprint ?? named;
}
