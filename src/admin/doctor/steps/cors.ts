/** Step 5: the requests of a page of another origin (Fetch Standard, CORS protocol). */
import { firstMessage } from '../messages.ts';
import type { ProbeResponse } from '../probe.ts';
import { NOT_NEEDED, type Walk } from '../walk.ts';

export async function checkCors(walk: Walk): Promise<string | undefined> {
  const { origin } = walk.profile;
  if (origin === undefined) return NOT_NEEDED;
  const { resourceDocumentUrl, serverDocumentUrl, server } = walk.known;
  for (const url of [resourceDocumentUrl, serverDocumentUrl]) if (url) await readable(walk, url, origin);
  await preflight(walk, walk.url, ['authorization', 'content-type', 'mcp-protocol-version'], origin);
  await challengeReadable(walk);
  for (const url of [server?.registration_endpoint, server?.token_endpoint])
    if (typeof url === 'string' && URL.canParse(url)) await preflight(walk, url, ['content-type'], origin);
  return undefined;
}

function allows({ headers }: ProbeResponse, origin: string): boolean {
  const allowed = headers.get('access-control-allow-origin');
  return allowed === '*' || allowed === origin;
}

async function readable(walk: Walk, url: string, origin: string): Promise<void> {
  const answer = await walk.get(url);
  if (!answer || allows(answer, origin)) return;
  const allowed = answer.headers.get('access-control-allow-origin') ?? 'missing';
  walk.found('cors-metadata', `GET ${url} with Origin: ${origin}: Access-Control-Allow-Origin is ${allowed}`);
}

async function preflight(walk: Walk, url: string, names: string[], origin: string): Promise<void> {
  const headers = { 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': names.join(',') };
  const answer = await walk.send(url, { method: 'OPTIONS', headers }).catch(() => undefined);
  if (!answer) return;
  const allowed = (answer.headers.get('access-control-allow-headers') ?? '').toLowerCase().split(/\s*,\s*/);
  // The wildcard does not include Authorization.
  const missing = names.filter(
    (name) => !allowed.includes(name) && !(allowed.includes('*') && name !== 'authorization'),
  );
  if (answer.status < 300 && allows(answer, origin) && missing.length === 0) return;
  const seen = [
    `OPTIONS ${url} with Origin: ${origin} answered ${answer.status}`,
    `Access-Control-Allow-Origin: ${answer.headers.get('access-control-allow-origin') ?? 'missing'}`,
    ...(missing.length > 0 ? [`Access-Control-Allow-Headers without ${missing.join(', ')}`] : []),
  ];
  walk.found('cors-endpoint', seen.join('; '));
}

/** The page must read the challenge; where it cannot, it looks at the well-known addresses. */
async function challengeReadable(walk: Walk): Promise<void> {
  const { body, headers } = firstMessage(walk.profile.revision);
  const answer = await walk.send(walk.url, { method: 'POST', headers, body }).catch(() => undefined);
  if (answer?.status !== 401) return;
  const exposed = (answer.headers.get('access-control-expose-headers') ?? '').toLowerCase();
  if (exposed.includes('www-authenticate') || exposed.trim() === '*') return;
  walk.found('cors-challenge-hidden', `POST ${walk.url}: Access-Control-Expose-Headers is "${exposed}"`);
}
