/** `npm run admin -- doctor` against the running Worker, an example of this repository and the servers of the conformance runner. */
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { guardedFetch } from '../../scripts/admin/doctor-fetch.ts';
import { diagnose } from '../../src/admin/doctor/diagnose.ts';
import { PROFILES } from '../../src/admin/doctor/profiles.ts';
import type { Report } from '../../src/admin/doctor/report.ts';
import { runAdmin } from '../support/admin.ts';
import { freePorts, startExample } from '../support/example.ts';
import { runClientScenarios } from '../support/mcp-conformance.ts';
import type { Started } from '../support/started.ts';
import { User } from '../support/user.ts';

/** Not Claude, whose document is in the Internet. */
const LOCAL = PROFILES.filter(({ clientIdUrl, optional }) => !clientIdUrl && !optional);
const ONLY_LOCAL = LOCAL.flatMap(({ id }) => ['--profile', id]);

const errorsOf = ({ findings }: Report) =>
  findings.filter(({ severity }) => severity === 'error').map(({ code, step, seen }) => `${step}: ${code}: ${seen}`);

async function doctor(...parameters: string[]): Promise<{ code: number; report: Report }> {
  const { code, stdout, stderr } = await runAdmin('doctor', ...parameters, '--json', ...ONLY_LOCAL);
  if (stdout === '') throw new Error(stderr);
  return { code, report: JSON.parse(stdout) as Report };
}

describe('npm run admin -- doctor', () => {
  let example: Started;
  let resource: string;
  beforeAll(async () => {
    const ports = await freePorts();
    example = await startExample('mcp-server', ports);
    resource = `http://localhost:${ports.MCP_PORT}/mcp`;
  });
  afterAll(() => example.stop());

  it('raises no alarm at examples/mcp-server, and names the registrations that remain until they expire unused', async () => {
    const { code, report } = await doctor(resource, '--register');
    expect(errorsOf(report)).toEqual([]);
    expect(code).toBe(0);
    // Identical public clients share one registration here, which none of them may delete.
    expect(report.findings.map((finding) => finding.code)).toContain('registration-remains');
  });

  it('raises no alarm at the API of this server', async () => {
    const { code, report } = await doctor(`${inject('worker').url}/api/me`);
    expect({ code, errors: errorsOf(report) }).toEqual({ code: 0, errors: [] });
  });

  it('with a user tests the code, the tokens and the audience at examples/mcp-server', async () => {
    const worker = inject('worker');
    const user = new User(fetch, worker.url);
    const signIn = {
      redirectUri: 'http://127.0.0.1:1/callback',
      authorize: (url: URL) => user.authorise(url.href, worker),
    };
    const diagnosis = { fetch: guardedFetch(resource), now: Date.now, profiles: LOCAL, signIn };
    const report = await diagnose(resource, diagnosis);
    expect(errorsOf(report)).toEqual([]);
    expect(report.profiles[0]?.steps.at(-1)).toEqual({ step: 'access', state: 'passed' });
  });

  it('names the step, the clause and the fix where nothing asks for a token, and ends with 1', async () => {
    const { code, stdout } = await runAdmin('doctor', `${inject('worker').url}/jwks`, '--profile', 'bare');
    expect(code).toBe(1);
    expect(stdout).toMatch(/First broken step:\n +error [\w-]+ at Challenge of the MCP server/);
    expect(stdout).toMatch(/clause: +\S/);
    expect(stdout).toMatch(/fix: +\S/);
  });

  it.each([
    [[], /^Usage: npm run admin -- doctor <URL>/],
    [['not a url'], /^Usage: npm run admin -- doctor <URL>/],
    [['http://localhost:1/', '--profile', 'netscape'], /^There is no profile netscape\. There are: bare, /],
    [['http://localhost:1/', '--colour', 'blue'], /--colour/],
  ])('%j is refused with a sentence', async (words, sentence) => {
    const { code, stderr } = await runAdmin('doctor', ...words);
    expect(code).toBe(1);
    expect(stderr).toMatch(sentence);
  });
});

/** Scenarios whose servers are healthy, each with another arrangement of metadata, registration or client authentication. */
const SCENARIOS = [
  'auth/metadata-default',
  'auth/metadata-var1',
  'auth/metadata-var2',
  'auth/metadata-var3',
  'auth/scope-from-www-authenticate',
  'auth/scope-from-scopes-supported',
  'auth/token-endpoint-auth-none',
];

/** These servers redirect any client and redeem any code: true of them, and not what is checked here. */
const STAND_INS = /^(authorize: open-redirect|token: code-not-validated): /;

describe('the servers of @modelcontextprotocol/conformance', () => {
  it.each(SCENARIOS)('no alarm at %s', async (scenario) => {
    const reports: Report[] = [];
    await runClientScenarios(['--scenario', scenario], async ({ resource }) => {
      const diagnosis = { fetch: guardedFetch(resource), now: Date.now, profiles: LOCAL };
      reports.push(await diagnose(resource, diagnosis));
    });
    expect(reports.length).toBe(1);
    expect(reports.flatMap(errorsOf).filter((error) => !STAND_INS.test(error))).toEqual([]);
  });
});
