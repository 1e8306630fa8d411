/** The challenge renderer of an error: `WWW-Authenticate` as RFC 6750 §3 and RFC 9728 §5.1 say. */
import type { Context } from 'hono';
import { WELL_KNOWN } from '../protocol/endpoints.ts';
import type { OAuthError } from '../protocol/oauth-error.ts';
import type { Web } from '../web/context.ts';
import { errorJson, judgeError } from '../web/render-error.tsx';

/** Thrown where a request brings no credentials at all: the challenge then names no error. */
export class NoCredentials extends Error {
  readonly scope: string;
  constructor(scope: string) {
    super('no credentials');
    this.scope = scope;
  }
}

export async function challenge(c: Context<Web>, thrown: unknown): Promise<Response> {
  if (thrown instanceof NoCredentials) {
    c.get('facts').error = 'no_credentials';
    // RFC 6750 §3.1: If the request lacks any authentication information, the resource server SHOULD NOT include an
    // error code or other error information.
    const header = await writeChallenge(c, [['scope', thrown.scope]]);
    return c.json({ request_id: c.get('deps').moment.requestId }, 401, {
      'WWW-Authenticate': header,
      'Cache-Control': 'no-store',
    });
  }
  const error = judgeError(c, thrown);
  if (![400, 401, 403].includes(error.status)) return errorJson(c, error);
  const response = errorJson(c, error);
  response.headers.set('WWW-Authenticate', await writeChallenge(c, attributesOf(error)));
  return response;
}

function attributesOf(error: OAuthError): [string, string | undefined][] {
  return [
    ['error', error.code],
    ['error_description', error.description],
    ['scope', error.scope],
  ];
}

async function writeChallenge(c: Context<Web>, attributes: [string, string | undefined][]): Promise<string> {
  const { config, settings } = c.get('deps');
  const shown = (await settings()).show_protected_resource_metadata;
  // The document of this very path: its resource is the one that a client finds who looks for it unasked.
  const metadata = shown ? config.issuer + WELL_KNOWN.protectedResource + c.req.path : undefined;
  const all: [string, string | undefined][] = [
    ['realm', config.issuer],
    ...attributes,
    ['resource_metadata', metadata],
  ];
  return formatChallenge(all);
}

/** RFC 6750 §3: attributes without a value are left out. */
export function formatChallenge(attributes: [string, string | undefined][]): string {
  return `Bearer ${attributes
    .filter(([, value]) => value)
    .map(([name, value]) => `${name}="${value}"`)
    .join(', ')}`;
}
