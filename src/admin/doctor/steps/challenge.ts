/** Step 1: a request without a token is answered by a challenge (RFC 6750 §3, RFC 9728 §5.1). */
import { challengeParameters } from '../../../oauth-client/resource-challenge.ts';
import { firstMessage, listTools } from '../messages.ts';
import { describe, type ProbeResponse } from '../probe.ts';
import { isUnusable, type Walk } from '../walk.ts';

export async function checkChallenge(walk: Walk): Promise<undefined> {
  const answer = await unauthorized(walk);
  if (!answer || !isStatusRight(walk, answer)) return;
  const header = answer.headers.get('www-authenticate');
  if (header === null) return void walk.found('no-www-authenticate', `${describe(answer)} without WWW-Authenticate`);
  const parameters = challengeParameters(header);
  if (!parameters) return void walk.found('challenge-not-bearer', `WWW-Authenticate: ${header.slice(0, 300)}`);
  if (parameters.has('error')) walk.found('error-without-token', `WWW-Authenticate: ${header.slice(0, 300)}`);
  walk.known.challengeScope = parameters.get('scope');
  readMetadataUrl(walk, parameters.get('resource_metadata'), header);
}

/** The answer to the first message; where that is public, the one to the list of tools. */
async function unauthorized(walk: Walk): Promise<ProbeResponse | undefined> {
  const first = firstMessage(walk.profile.revision);
  const answer = await walk.post(walk.url, first.body, first.headers);
  if (!answer || answer.status === 401 || !(answer.status < 300)) return answer;
  const next = listTools(walk.profile.revision, answer.headers.get('mcp-session-id'));
  return walk.post(walk.url, next.body, next.headers);
}

function isStatusRight(walk: Walk, answer: ProbeResponse): boolean {
  const { status } = answer;
  if (status === 401) return true;
  if (isUnusable(walk, answer)) return false;
  const seen = `${describe(answer)} to a request without a token`;
  if (status < 300) walk.found('no-challenge', seen);
  else if (status === 404) walk.found('not-found', seen);
  else if (status === 405) walk.found('method-not-allowed', seen);
  else walk.found('not-401', seen);
  return false;
}

function readMetadataUrl(walk: Walk, text: string | undefined, header: string): void {
  if (text === undefined) {
    walk.found('challenge-without-resource-metadata', `WWW-Authenticate: ${header.slice(0, 300)}`);
    return;
  }
  const [here, there] = [new URL(walk.url), URL.canParse(text) ? new URL(text) : undefined];
  const seen = `resource_metadata="${text.slice(0, 300)}"`;
  if (!there || !/^https?:$/.test(there.protocol) || (here.protocol === 'https:' && there.protocol !== 'https:')) {
    walk.found('resource-metadata-url-invalid', seen);
    return;
  }
  if (there.origin !== here.origin)
    walk.found('resource-metadata-other-origin', `${seen}, the server is ${here.origin}`);
  walk.known.resourceMetadataUrl = text;
}
