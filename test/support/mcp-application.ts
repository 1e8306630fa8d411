/** An application that uses an MCP server in the name of a user, through a connected app of this server. */
import type { Scenario } from './mcp-conformance.ts';
import { converse, type Post } from './mcp-messages.ts';
import { parseForm, text, type User } from './user.ts';

/** A Postern, and the two ways in which an application gets at the tokens that it keeps. */
export type Deployment = {
  administer: (method: string, path: string, body: unknown) => Promise<unknown>;
  /** True where a client of the user may read the token. A sender-constrained token is never released. */
  givesTokens: boolean;
  /** The browser of the user, signed in. */
  browser: () => User;
  /** Sends requests to the MCP server with the token of this connected app. */
  sendWith: (app: string, resource: string) => Post;
};

let number = 0;

/** Creates the connected app, connects it, and talks to the server. */
export async function useMcpServer(deployment: Deployment, scenario: Scenario): Promise<void> {
  const { resource, version, context } = scenario;
  const { client_id, client_secret } = context;
  const app = `mcp-${process.pid}-${++number}`;
  const raw_tokens = deployment.givesTokens ? 'users' : undefined;
  const description = { id: app, template: 'mcp', resource, raw_tokens, client_id, client_secret };
  await deployment.administer('POST', '/connected-apps', description);
  const connect = (scope?: string) => connectApp(deployment.browser(), app, scope);
  await connect();
  await converse(version, deployment.sendWith(app, resource), connect);
}

/** The user connects, and the server agrees to what is asked for there. */
async function connectApp(browser: User, app: string, scope: string | undefined): Promise<void> {
  const path = `/account/connections/${app}`;
  const page = await browser.open(path + (scope ? `?${new URLSearchParams({ scope })}` : ''));
  const sent = await browser.send(parseForm(await page.text(), path));
  const there = sent.headers.get('location');
  if (!there) throw new Error(`no redirect to the authorization server: ${text(await sent.text())}`);
  const back = (await fetch(there, { redirect: 'manual' })).headers.get('location') ?? '';
  const done = await browser.request(back);
  if (done.status !== 303) throw new Error(`not connected: ${text(await done.text())}`);
}
