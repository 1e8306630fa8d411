/**
 * `npm run bench -- fill`: what unauthenticated requests can store in ten minutes at the ceilings, from one IPv4 address
 * and from all networks of an IPv6 /48, and what of it is left after the sweep.
 */
import { Agent, request } from 'node:http';
import type { Served } from './worker.ts';

const DAY = 86_400_000;
const CALLERS = 16;

export type Filled = { accepted: Record<string, number>; refused: Record<string, number>; grown: number; left: number };

type Sent = { path: string; type: string; body: string };

/** `most`: how many the ceilings of the minutes admit. */
type Kind = { most: number; make: (index: number) => Sent };

/** Each kind of request that stores something for a client that nobody checked, of the size that costs most for each KiB counted. */
async function kinds(url: string, nextAddress: () => string, minutes: number): Promise<Record<string, Kind>> {
  const json = 'application/json';
  const form = 'application/x-www-form-urlencoded';
  const metadata = {
    redirect_uris: ['https://app.example/callback'],
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'urn:ietf:params:oauth:grant-type:device_code'],
  };
  const registered = await send(undefined, url, nextAddress(), {
    path: '/register',
    type: json,
    body: JSON.stringify(metadata),
  });
  const { client_id } = JSON.parse(registered.text) as { client_id: string };
  const pushed = new URLSearchParams({
    client_id,
    response_type: 'code',
    redirect_uri: 'https://app.example/callback',
    code_challenge: 'a'.repeat(43),
    code_challenge_method: 'S256',
    state: 's'.repeat(700),
  }).toString();
  return {
    '/register': {
      // 300 KiB a minute, at 3 KiB each.
      most: 100 * minutes,
      make: (index) => ({
        path: '/register',
        type: json,
        body: JSON.stringify({
          ...metadata,
          client_name: `client ${index}`,
          contacts: ['x'.repeat(1900), 'x'.repeat(700)],
        }),
      }),
    },
    '/par': { most: 600 * minutes, make: () => ({ path: '/par', type: form, body: pushed }) },
    '/device_authorization': {
      most: 300 * minutes,
      make: () => ({ path: '/device_authorization', type: form, body: `client_id=${client_id}` }),
    },
  };
}

/** @param nextAddress the address that the next request comes from. */
export async function fill(served: Served, nextAddress: () => string, minutes: number): Promise<Filled> {
  const db = await served.miniflare.getD1Database('DB');
  const used = async () => {
    const { meta } = await db.prepare('SELECT 1').all();
    return Number(meta.size_after);
  };
  const before = await used();
  const filled: Filled = { accepted: {}, refused: {}, grown: 0, left: 0 };
  for (const [name, kind] of Object.entries(await kinds(served.url, nextAddress, minutes))) {
    const { accepted, refused } = await untilRefused(served.url, nextAddress, kind);
    filled.accepted[name] = accepted;
    filled.refused[name] = refused;
  }
  filled.grown = (await used()) - before;
  const worker = await served.miniflare.getWorker();
  for (const days of [2, 3]) {
    await worker.scheduled({ scheduledTime: new Date(Date.now() + days * DAY), cron: '*/5 * * * *' });
  }
  filled.left = (await used()) - before;
  return filled;
}

/** Until all were sent that the ceilings admit, and however slow the machine is no more; or until every caller was refused ten times in a row. */
async function untilRefused(url: string, nextAddress: () => string, { most, make }: Kind) {
  const agent = new Agent({ keepAlive: true, maxSockets: CALLERS });
  let [index, accepted, refused] = [0, 0, 0];
  await Promise.all(
    Array.from({ length: CALLERS }, async () => {
      for (let inARow = 0; inARow < 10 && index < most; ) {
        const { status, text } = await send(agent, url, nextAddress(), make(index++));
        if (status >= 200 && status < 300) [accepted, inARow] = [accepted + 1, 0];
        else if (status === 429) [refused, inARow] = [refused + 1, inARow + 1];
        else throw new Error(`${status} ${text}`);
      }
    }),
  );
  agent.destroy();
  return { accepted, refused };
}

function send(agent: Agent | undefined, url: string, address: string, { path, type, body }: Sent) {
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    const headers = { 'content-type': type, 'content-length': Buffer.byteLength(body), 'cf-connecting-ip': address };
    const outgoing = request(url + path, { ...(agent && { agent }), method: 'POST', headers }, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    outgoing.on('error', reject).end(body);
  });
}
