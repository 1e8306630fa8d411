/** The challenge renderer of errors at this server's protected resources (RFC 6750 §3, RFC 9728 §5.1). */

import {
  isChallenged,
  metadataAddress,
  NoCredentials,
  schemeNameOf,
  schemesFor,
  writeChallenge,
} from '@postern/resource-server/building-blocks';
import type { Context } from 'hono';
import type { Web } from '../http/context.ts';
import { errorJson, jsonResponse, logAsOAuthError, problemResponse } from '../http/error-response.ts';
import type { OAuthError } from '../protocol/oauth-error.ts';

/** Only for the names in the challenge. */
const SCHEMES = schemesFor({}, false);

export async function challenge(c: Context<Web>, thrown: unknown): Promise<Response> {
  if (thrown instanceof NoCredentials) {
    c.get('logFields').error = 'no_credentials';
    return withChallenge(c, missingCredentialsResponse(c, thrown), thrown);
  }
  const error = logAsOAuthError(c, thrown);
  return withChallenge(c, errorJson(c, error), error);
}

/** RFC 6750 §3.1: the response to a request without credentials has no error code; a description is allowed. */
function missingCredentialsResponse(c: Context<Web>, thrown: NoCredentials): Response {
  if (!c.req.path.startsWith('/api/')) return jsonResponse(c, thrown);
  // RFC 9457 §4.2.1: about:blank means no more than the status.
  const problem = { type: 'about:blank', title: 'Unauthorized', status: thrown.status, detail: thrown.description };
  return problemResponse(c, thrown, problem);
}

async function withChallenge(c: Context<Web>, response: Response, thrown: NoCredentials | OAuthError) {
  if (!isChallenged(thrown)) return response;
  const facts = {
    schemes: SCHEMES,
    used: schemeNameOf(c.req.raw),
    realm: c.get('deps').config.issuer,
    resourceMetadata: await resourceMetadataUrlOf(c),
  };
  response.headers.set('WWW-Authenticate', writeChallenge(thrown, facts));
  return response;
}

/** The metadata URL of the path of the request, which a client would also construct without a challenge. */
async function resourceMetadataUrlOf(c: Context<Web>): Promise<string | undefined> {
  const { config, settings } = c.get('deps');
  // A challenge without it is better than none if the settings cannot be read.
  const known = await settings().catch(() => undefined);
  return known?.show_protected_resource_metadata ? metadataAddress(config.issuer + c.req.path) : undefined;
}
