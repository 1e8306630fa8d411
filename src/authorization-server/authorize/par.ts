/** POST /par: pushed authorization requests (RFC 9126). */
import type { Context } from 'hono';
import type { Web } from '../../http/context.ts';
import { type ProofOfPossession, readProofOfPossession } from '../../http/dpop.ts';
import type { Parameters } from '../../http/parameters.ts';
import { countStoredBytes } from '../../http/storage-budget.ts';
import { newPushedRequestId, newRequestUri } from '../../protocol/credentials.ts';
import { SECOND } from '../../protocol/lifetimes.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { chooseShard } from '../../storage/database/choose-shard.ts';
import { createPushedRequest } from '../../storage/grants/pushed-requests.ts';
import { useAllOnce } from '../../storage/grants/single-use.ts';
import type { AuthenticatedClient } from '../clients/authenticate/method.ts';
import { isRateLimited } from '../clients/client.ts';
import { withRegistry } from '../resources.ts';
import { AUTHORIZATION_PARAMETERS } from './request-parameters.ts';
import { idTokenHintSubject, parseAuthorizationRequest } from './validate-request.ts';
import { validateClientAndRedirectUri } from './validate-target.ts';

/** The largest pushed request, in bytes of its query: it is stored, and part of the sealed consent form. */
const MAX_REQUEST_BYTES = 8 * 1024;

export async function pushAuthorizationRequest(
  c: Context<Web>,
  { client, singleUses }: AuthenticatedClient,
  form: Parameters,
) {
  const deps = c.get('deps');
  const { config, databases, moment, place } = deps;
  const possession = await readProofOfPossession(c);
  // RFC 9126 §2.1: the request_uri authorization request parameter MUST NOT be provided in this case.
  if (form.all('request_uri').length > 0) throw new OAuthError('invalid_request', 'request_uri cannot be pushed.');
  // RFC 6749 §3.1: unrecognized request parameters MUST be ignored; client credentials are not part of the request.
  const known = form.only(AUTHORIZATION_PARAMETERS);
  const parameters = known.with({ client_id: client.id, dpop_jkt: boundThumbprint(form, possession) });
  const query = parameters.toString();
  // RFC 9126 §2.3: 413, if the request size was beyond the upper bound that the server allows.
  if (query.length > MAX_REQUEST_BYTES)
    throw new OAuthError('too_large', `the request is longer than ${MAX_REQUEST_BYTES}.`);
  if (isRateLimited(client)) await countStoredBytes(deps, 'pushedRequest', query.length);
  // RFC 9126 §2.1: validate the pushed request as it would an authorization request sent to the authorization endpoint.
  const [target, settings] = await Promise.all([validateClientAndRedirectUri(deps, parameters), deps.settings()]);
  const hinted = await idTokenHintSubject(deps, target, parameters);
  await withRegistry(deps, (registry) =>
    parseAuthorizationRequest(settings, registry, target, parameters, config, hinted),
  );
  const shard = await chooseShard(databases, place, moment.now);
  const requestUri = newRequestUri(shard);
  const expiresAt = moment.now + settings.pushed_request_seconds * SECOND;
  const pushed = { id: newPushedRequestId(shard), requestUri, clientId: client.id, parameters: query, expiresAt };
  await Promise.all([
    createPushedRequest(databases, pushed),
    useAllOnce(databases.global, moment, possession ? [...singleUses, possession.singleUse] : singleUses),
  ]);
  return { request_uri: requestUri, expires_in: settings.pushed_request_seconds };
}

/** The key that the code is bound to, by proof or dpop_jkt. RFC 9449 §10.1: they MUST agree. */
function boundThumbprint(form: Parameters, possession: ProofOfPossession | undefined): string | undefined {
  const requested = form.one('dpop_jkt');
  if (possession && requested !== undefined && requested !== possession.thumbprint) {
    throw new OAuthError('invalid_dpop_proof', 'dpop_jkt is not the thumbprint of the key of the DPoP proof.');
  }
  return possession?.thumbprint ?? requested;
}
