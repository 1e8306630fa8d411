/** Connected apps for "any MCP server", judged by the client scenarios of @modelcontextprotocol/conformance. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, inject, it } from 'vitest';
import { ownProgram, removeConnectedApps } from '../support/own-program.ts';

const folder = mkdtempSync(join(tmpdir(), 'postern-mcp-'));

afterAll(async () => {
  rmSync(folder, { recursive: true });
  await removeConnectedApps();
});

/** Runs a suite with a driver; its last lines and its exit code, which the baseline decides. */
async function runSuite(suite: string, driver: string, env: Record<string, string>): Promise<void> {
  const command = `${process.execPath} ${join(process.cwd(), driver)}`;
  const baseline = join(process.cwd(), 'test/support/mcp-expected-failures.yml');
  const words = ['client', '--command', command, '--suite', suite, '--expected-failures', baseline];
  const cli = join(process.cwd(), 'node_modules/@modelcontextprotocol/conformance/dist/index.js');
  const { code, output } = await new Promise<{ code: number; output: string }>((resolve) => {
    const options = { env: { ...process.env, ...env }, cwd: folder, maxBuffer: 64 * 1024 * 1024 };
    execFile(process.execPath, [cli, ...words, '--timeout', '120000'], options, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, output: stdout + stderr }),
    );
  });
  if (process.env.SHOW_CONFORMANCE) console.error(output);
  expect([code, output.slice(-3000)]).toEqual([0, output.slice(-3000)]);
}

for (const suite of ['auth', 'backcompat', 'draft']) {
  it(`every scenario of the suite ${suite} passes, but for those of the baseline`, { timeout: 300_000 }, async () => {
    const { url, stateFolder } = inject('worker');
    const { person, bearer } = await ownProgram();
    await runSuite(suite, 'test/support/mcp-driver.ts', {
      ...{ POSTERN_URL: url, STATE_DIR: stateFolder, POSTERN_BEARER: bearer },
      POSTERN_SESSION: person.cookies.get('session') ?? '',
    });
  });
}

it('every scenario of the suite extensions passes, but for those of the baseline', { timeout: 300_000 }, async () => {
  await runSuite('extensions', 'test/support/mcp-own-driver.ts', {});
});
