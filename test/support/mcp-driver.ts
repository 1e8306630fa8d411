/**
 * A program of a person that talks to an MCP server through a connected app of the running Worker: what the client
 * scenarios of `@modelcontextprotocol/conformance` start, with the server's address as the last word.
 */

import { readDevVars } from '../../scripts/dev-vars.ts';
import { localCommandToken } from '../../src/protocol/local-command.ts';
import { converse } from './mcp-messages.ts';
import { Person, parseForm, text } from './person.ts';

const { POSTERN_URL = '', POSTERN_SESSION = '', POSTERN_BEARER = '', MCP_CONFORMANCE_CONTEXT = '{}' } = process.env;
const resource = process.argv.at(-1) ?? '';
const app = `mcp-${process.pid}-${Math.floor(Math.random() * 1e9)}`;

const person = new Person(fetch, POSTERN_URL);
person.cookies.set('session', POSTERN_SESSION);

async function createApp(): Promise<void> {
  const { client_id, client_secret } = JSON.parse(MCP_CONFORMANCE_CONTEXT) as Record<string, string>;
  const command = localCommandToken(readDevVars(POSTERN_URL).config.root, POSTERN_URL, Date.now());
  const response = await fetch(`${POSTERN_URL}/api/admin/connected-apps`, {
    method: 'POST',
    headers: { authorization: `Bearer ${command}`, 'content-type': 'application/json' },
    body: JSON.stringify({ id: app, template: 'mcp', resource, raw_tokens: 'people', client_id, client_secret }),
  });
  if (!response.ok) throw new Error(`no app: ${await response.text()}`);
}

/** The person connects, and agrees to what is asked for there. */
async function connect(scope?: string): Promise<void> {
  const path = `/account/connections/${app}`;
  const page = await person.open(path + (scope ? `?${new URLSearchParams({ scope })}` : ''));
  const sent = await person.send(parseForm(await page.text(), path));
  const there = sent.headers.get('location');
  if (!there) throw new Error(`not sent there: ${text(await sent.text())}`);
  const back = (await fetch(there, { redirect: 'manual' })).headers.get('location') ?? '';
  const done = await person.request(back);
  if (done.status !== 303) throw new Error(`not connected: ${text(await done.text())}`);
}

async function token(): Promise<string> {
  const response = await fetch(`${POSTERN_URL}/api/me/connections/${app}/token`, {
    method: 'POST',
    headers: { authorization: `Bearer ${POSTERN_BEARER}` },
  });
  const body = (await response.json()) as { access_token?: string };
  if (!body.access_token) throw new Error(`no token: ${JSON.stringify(body)}`);
  return body.access_token;
}

await createApp();
await connect();
await converse(
  async (headers, body) =>
    fetch(resource, { method: 'POST', headers: { authorization: `Bearer ${await token()}`, ...headers }, body }),
  connect,
);
