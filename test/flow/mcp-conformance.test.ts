/** Connected apps for "any MCP server", validated by the client scenarios of @modelcontextprotocol/conformance. */
import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { administer, ownProgram, removeConnectedApps } from '../support/bearer-program.ts';
import { ISSUER, type Program, startProgram } from '../support/bound-worker.ts';
import { type Deployment, useMcpServer } from '../support/mcp-application.ts';
import { type Results, runClientScenarios, type Scenario } from '../support/mcp-conformance.ts';
import { converse } from '../support/mcp-messages.ts';
import { User } from '../support/user.ts';

const EXPECTED = [
  ...readFileSync(join(process.cwd(), 'test/support/mcp-expected-failures.yml'), 'utf8').matchAll(/^ {2}- (\S+)$/gm),
].map(([, name = '']) => name);

const REVISIONS = ['2025-11-25', '2026-07-28'];

/** Nothing but these has to do with authorization: the others check how an MCP client speaks the rest of the protocol. */
const isOfAuthorization = (name: string) => name.startsWith('auth/');

/** Runs scenarios; one that fails unexpectedly is run once more, alone. @returns what is not as the file says, in lines. */
async function unexpectedResults(
  words: readonly string[],
  beClient: (scenario: Scenario) => Promise<void>,
): Promise<string[]> {
  const client = async (scenario: Scenario) => {
    if (isOfAuthorization(scenario.name)) await beClient(scenario);
  };
  const results = await runClientScenarios(words, client);
  for (const [name, failed] of results) {
    if (!isOfAuthorization(name)) results.delete(name);
    else if (failed.length > 0 && !EXPECTED.includes(name)) {
      // Its server may have got the port of an earlier one, whose metadata this server remembers for half a minute.
      console.warn(`${name} is run again after:\n${failed.join('\n')}`);
      const version = words.includes('--spec-version') ? words.slice(words.indexOf('--spec-version')) : [];
      const again = await runClientScenarios(['--scenario', name, ...version], client);
      results.set(name, again.get(name) ?? ['it was not run']);
    }
  }
  return differences(results);
}

const differences = (results: Results): string[] =>
  [...results].flatMap(([name, failed]) => {
    if (EXPECTED.includes(name)) return failed.length > 0 ? [] : [`${name} passes, but the file expects it to fail`];
    return failed.map((line) => `${name} > ${line}`);
  });

describe('MCP: an application that takes the token of its user', () => {
  let deployment: Deployment;

  beforeAll(async () => {
    const { url } = inject('worker');
    const { user, bearer } = await ownProgram();
    deployment = {
      administer,
      givesTokens: true,
      browser: () => signedInAs(user, new User(fetch, url)),
      sendWith: (app, resource) => async (headers, body) => {
        const authorization = `Bearer ${await takeToken(url, app, bearer)}`;
        return fetch(resource, { method: 'POST', headers: { authorization, ...headers }, body });
      },
    };
  });
  afterAll(removeConnectedApps);

  for (const revision of REVISIONS) {
    it(`passes every scenario of ${revision}`, { timeout: 300_000 }, async () => {
      const words = ['--suite', 'all', '--spec-version', revision];
      expect(await unexpectedResults(words, (scenario) => useMcpServer(deployment, scenario))).toEqual([]);
    });
  }

  it('passes the scenarios of earlier revisions', { timeout: 300_000 }, async () => {
    expect(
      await unexpectedResults(['--suite', 'backcompat'], (scenario) => useMcpServer(deployment, scenario)),
    ).toEqual([]);
  });
});

describe('MCP: a Worker whose requests are sent with the token of the user', () => {
  let program: Program;
  let deployment: Deployment;

  beforeAll(async () => {
    program = await startProgram();
    const { user, userId, administer } = program;
    deployment = {
      administer,
      givesTokens: false,
      browser: () => signedInAs(user, new User(program.fetch, ISSUER)),
      sendWith: (app, url) => (headers, body) =>
        program.ask('/through', {
          url,
          method: 'POST',
          headers: { ...headers, 'postern-app': app, 'postern-user': userId },
          body,
        }),
    };
  });
  afterAll(() => program.close());

  for (const revision of REVISIONS) {
    it(`passes every scenario of ${revision}`, { timeout: 300_000 }, async () => {
      const words = ['--suite', 'all', '--spec-version', revision];
      expect(await unexpectedResults(words, (scenario) => useMcpServer(deployment, scenario))).toEqual([]);
    });
  }

  it('passes the scenarios of extensions, with tokens of the user or of the app itself', {
    timeout: 300_000,
  }, async () => {
    const run = new Set<string>();
    const beClient = (scenario: Scenario) => {
      run.add(scenario.name);
      if (scenario.name.startsWith('auth/client-credentials')) return useAsItself(scenario);
      if (scenario.name === 'auth/wif-jwt-bearer') return useAsWorkload(program, scenario);
      if (scenario.name === 'auth/enterprise-managed-authorization') return useManaged(program, scenario);
      return useMcpServer(deployment, scenario);
    };
    expect(await unexpectedResults(['--suite', 'extensions'], beClient)).toEqual([]);
    expect([...run]).toEqual(expect.arrayContaining(['auth/enterprise-managed-authorization', 'auth/wif-jwt-bearer']));
  });
});

const signedInAs = (user: User, browser: User): User => {
  browser.cookies.set('session', user.cookies.get('session') ?? '');
  return browser;
};

async function takeToken(url: string, app: string, bearer: string): Promise<string> {
  const response = await fetch(`${url}/api/me/connections/${app}/token`, {
    method: 'POST',
    headers: { authorization: `Bearer ${bearer}` },
  });
  const body = (await response.json()) as { access_token?: string };
  if (!body.access_token) throw new Error(`no token: ${JSON.stringify(body)}`);
  return body.access_token;
}

/** A Worker in the name of no user (client credentials). Where a key is registered there, it is the one that this server signs with. */
async function useAsItself({ resource, version, context }: Scenario): Promise<void> {
  const { client_id, client_secret, private_key_pem, signing_algorithm } = context;
  const key = private_key_pem && createPrivateKey(private_key_pem).export({ format: 'jwk' });
  const SIGNING_KEY_1 = key && JSON.stringify({ ...key, kid: 'registered-there', alg: signing_algorithm });
  const program = await startProgram(SIGNING_KEY_1 ? { SIGNING_KEY_1 } : {});
  try {
    const auth_method = key ? 'private_key_jwt' : undefined;
    const app = { id: 'own', template: 'mcp', resource, client_id, client_secret, auth_method };
    await program.administer('POST', '/connected-apps', app);
    await converse(
      version,
      (headers, body) =>
        program.ask('/through', { url: resource, method: 'POST', headers: { ...headers, 'postern-app': 'own' }, body }),
      async () => undefined,
    );
  } finally {
    await program.close();
  }
}

/** A Worker that has a JWT of its platform: the assertion is the grant of the app itself. */
async function useAsWorkload(program: Program, { resource, version, context }: Scenario): Promise<void> {
  const app = { id: 'workload', template: 'mcp', resource, client_id: context.client_id };
  await program.administer('POST', '/connected-apps', app);
  await connectByAssertion(program, 'workload', '', { assertion: context.valid_jwt });
  await converse(version, sendThrough(program, resource, { 'postern-app': 'workload' }), async () => undefined);
}

/** A Worker that signs its users in at the identity provider of an enterprise: their id_token connects the app. */
async function useManaged(program: Program, { resource, version, context }: Scenario): Promise<void> {
  const { client_id, client_secret, idp_client_id, idp_issuer, idp_id_token } = context;
  const provider = { id: 'enterprise', template: 'openid', issuer: idp_issuer, client_id: idp_client_id };
  await program.administer('POST', '/connected-apps', { ...provider, auth_method: 'none' });
  await program.administer('POST', '/connected-apps', {
    id: 'managed',
    template: 'mcp',
    resource,
    client_id,
    client_secret,
  });
  const grant = { id_token: idp_id_token, identity_provider: 'enterprise' };
  await connectByAssertion(program, 'managed', program.userId, grant);
  const headers = { 'postern-app': 'managed', 'postern-user': program.userId };
  await converse(version, sendThrough(program, resource, headers), async () => undefined);
}

async function connectByAssertion(program: Program, app: string, user: string, grant: unknown): Promise<void> {
  const answer = (await (await program.ask('/connect', [app, user, grant])).json()) as { error?: string };
  if (answer.error) throw new Error(`not connected: ${JSON.stringify(answer)}`);
}

const sendThrough =
  (program: Program, url: string, own: Record<string, string>) => (headers: Record<string, string>, body: string) =>
    program.ask('/through', { url, method: 'POST', headers: { ...headers, ...own }, body });
