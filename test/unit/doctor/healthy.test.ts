/** Healthy set-ups of others and of this repository: the diagnosis raises no alarm. */
import { spawn } from 'node:child_process';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { check, describeResource, type GuardOptions } from '../../../packages/resource-server/src/index.ts';
import { guardedFetch } from '../../../scripts/admin/doctor-fetch.ts';
import { diagnose } from '../../../src/admin/doctor/diagnose.ts';
import type { Options } from '../../../src/admin/doctor/knowledge.ts';
import { PROFILES } from '../../../src/admin/doctor/profiles.ts';
import { CLIENT_ID_URL, type Faults, faultServer, ISSUER, json, MCP_URL, NOW } from '../../support/fault-server.ts';
import { startProvider } from '../../support/oidc-provider.ts';
import { freePort } from '../../support/started.ts';

const EXAMPLES = join(process.cwd(), 'node_modules/@modelcontextprotocol/sdk/dist/esm/examples/server');

const ends: (() => unknown)[] = [];
afterAll(async () => {
  for (const end of ends) await end();
});

/** Profiles whose document is in the Internet are walked as clients that register. */
const LOCAL = PROFILES.map((profile) => ({ ...profile, clientIdUrl: undefined }));

/** The errors of a server on loopback, in lines. */
async function errorsAt(url: string, options: Options = {}): Promise<string[]> {
  const report = await diagnose(url, { fetch: guardedFetch(url), now: Date.now, profiles: LOCAL, ...options });
  return report.findings.filter(({ severity }) => severity === 'error').map(({ code, seen }) => `${code}: ${seen}`);
}

/** Starts an example of the SDK as a process of its own. */
async function startExample(file: string, ...words: string[]): Promise<string> {
  const [port, authPort] = [await freePort(), await freePort()];
  const env = { ...process.env, MCP_PORT: String(port), MCP_AUTH_PORT: String(authPort) };
  const child = spawn(process.execPath, [join(EXAMPLES, file), ...words], { env, stdio: 'ignore' });
  ends.push(() => child.kill());
  const url = `http://localhost:${port}/mcp`;
  for (let attempt = 0; attempt < 200; attempt++) {
    if (await fetch(url).catch(() => undefined)) return url;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${file} does not answer`);
}

describe('no alarm at the examples of the MCP SDK', () => {
  it.each([
    ['simpleStreamableHttp.js', '--oauth'],
    ['simpleStreamableHttp.js', '--oauth', '--oauth-strict'],
    ['elicitationUrlExample.js'],
  ])('%s %s %s', async (file, ...words) => {
    const url = await startExample(file, ...words.filter((word) => word !== undefined));
    expect(await errorsAt(url, { register: true })).toEqual([]);
  });
});

/** An MCP server behind the resource server package, whose authorization server is `issuer`. */
async function startGuarded(issuer: string): Promise<string> {
  const server = createServer();
  await listen(server);
  const resource = `http://localhost:${(server.address() as AddressInfo).port}/mcp`;
  const guard: GuardOptions = { issuer, resource, scopes: ['files'], onRefusal: () => undefined };
  server.on('request', async (incoming: IncomingMessage, outgoing) => {
    const headers = Object.entries(incoming.headers).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    );
    const request = new Request(new URL(incoming.url ?? '/', resource), { method: incoming.method, headers });
    const response = describeResource(request, guard) ?? (await check(request, guard)).refusal ?? new Response('{}');
    outgoing.writeHead(response.status, Object.fromEntries(response.headers)).end(await response.text());
  });
  return resource;
}

async function listen(server: Server): Promise<void> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(() => {
    server.closeAllConnections();
    server.close();
  });
}

/** RFC 8707 at oidc-provider: any resource, with the scope of the guard. */
const resourceIndicators = {
  enabled: true,
  getResourceServerInfo: () => ({ scope: 'files', accessTokenFormat: 'jwt' }),
};

describe('no alarm at oidc-provider with an MCP server behind @postern/resource-server', () => {
  it('with Dynamic Client Registration', async () => {
    const registration = { registration: { enabled: true }, registrationManagement: { enabled: true } };
    const provider = await startProvider({ features: { resourceIndicators, ...registration } });
    ends.push(provider.close);
    const resource = await startGuarded(provider.issuer);
    // oidc-provider refuses redirect URIs with a private-use scheme that has no dot, as Cursor has it.
    const profiles = LOCAL.filter(({ id }) => id !== 'cursor');
    const report = await diagnose(resource, { fetch: guardedFetch(resource), now: Date.now, profiles, register: true });
    expect(report.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it('with a client that was registered before', async () => {
    const client = {
      client_id: 'mcp',
      token_endpoint_auth_method: 'none',
      redirect_uris: ['http://localhost:8090/callback'],
    };
    const provider = await startProvider({
      clients: [{ ...client, application_type: 'native' }],
      features: { resourceIndicators },
    });
    ends.push(provider.close);
    const resource = await startGuarded(provider.issuer);
    const profiles = LOCAL.filter(({ id }) => id.startsWith('sdk-') || id === 'bare');
    const diagnosis = { fetch: guardedFetch(resource), now: Date.now, profiles, clientId: 'mcp' };
    const { findings } = await diagnose(resource, diagnosis);
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  });
});

const AT_PATH = `${ISSUER}/tenant`;
const [SERVER, OPENID] = ['/.well-known/oauth-authorization-server', '/.well-known/openid-configuration'];
const openid = {
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['RS256'],
};
/** The metadata at another address than the default one. */
const metadataAt = (address: string, document: unknown): Faults['answers'] => ({
  [ISSUER + SERVER]: () => json({}, 404),
  [address]: () => json(document),
});

describe('no alarm at set-ups that a specification allows', () => {
  it.each<[string, Faults, Options]>([
    ['metadata at the well-known address alone', { challenge: { resource_metadata: undefined } }, {}],
    ['CIMD without registration', { server: { registration_endpoint: undefined } }, { clientId: CLIENT_ID_URL }],
    ['registration without CIMD', { server: { client_id_metadata_document_supported: undefined } }, { register: true }],
  ])('%s', async (_, faults, options) => {
    const report = await diagnose(MCP_URL, { fetch: faultServer(faults).fetch, now: () => NOW, ...options });
    expect(report.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(report.ok).toBe(true);
  });

  it.each([
    ['RFC 8414, with the path behind the well-known part', `${ISSUER}${SERVER}/tenant`],
    ['OpenID Connect Discovery, with the path behind', `${ISSUER}${OPENID}/tenant`],
    ['OpenID Connect Discovery, with the path before', `${AT_PATH}${OPENID}`],
  ])('an issuer with a path: %s', async (_, address) => {
    const document = await documentOf({ issuer: AT_PATH, ...openid });
    const faults: Faults = { resource: { authorization_servers: [AT_PATH] }, answers: metadataAt(address, document) };
    const { fetch } = faultServer(faults);
    const report = await diagnose(MCP_URL, { fetch, now: () => NOW });
    expect(report.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  });
});

/** The metadata of the healthy server with changes. */
async function documentOf(changes: Record<string, unknown>): Promise<unknown> {
  const { fetch } = faultServer({ server: changes });
  return (await fetch(ISSUER + SERVER, { method: 'GET', headers: {} })).json();
}
