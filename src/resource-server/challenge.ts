/** The challenge renderer of an error, at the resources of this server (RFC 6750 §3, RFC 9728 §5.1). */
import type { Context } from 'hono';
import { NoCredentials } from '../guard/admit.ts';
import { isChallenged, metadataAddress, writeChallenge } from '../guard/challenge.ts';
import { schemeNameOf, schemesFor } from '../guard/schemes.ts';
import type { OAuthError } from '../protocol/oauth-error.ts';
import type { Web } from '../web/context.ts';
import { errorJson, judgeError } from '../web/render-error.tsx';

/** Only named here: the guard judges by its own. */
const SCHEMES = schemesFor({}, false);

export async function challenge(c: Context<Web>, thrown: unknown): Promise<Response> {
  if (thrown instanceof NoCredentials) {
    c.get('facts').error = 'no_credentials';
    const response = c.json({ request_id: c.get('deps').moment.requestId }, 401, { 'Cache-Control': 'no-store' });
    return withChallenge(c, response, thrown);
  }
  const error = judgeError(c, thrown);
  return withChallenge(c, errorJson(c, error), error);
}

async function withChallenge(c: Context<Web>, response: Response, thrown: NoCredentials | OAuthError) {
  if (!isChallenged(thrown)) return response;
  const facts = {
    ...{ schemes: SCHEMES, used: schemeNameOf(c.req.raw) },
    realm: c.get('deps').config.issuer,
    resourceMetadata: await documentOf(c),
  };
  response.headers.set('WWW-Authenticate', writeChallenge(thrown, facts));
  return response;
}

/** The document of this very path: its resource is the one that a client finds who looks for it unasked. */
async function documentOf(c: Context<Web>): Promise<string | undefined> {
  const { config, settings } = c.get('deps');
  // A challenge without it is better than none, when the settings cannot be read.
  const known = await settings().catch(() => undefined);
  return known?.show_protected_resource_metadata ? metadataAddress(config.issuer + c.req.path) : undefined;
}
