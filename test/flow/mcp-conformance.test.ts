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

for (const suite of ['auth', 'draft']) {
  it(`every scenario of the suite ${suite} passes, but for those of the baseline`, { timeout: 300_000 }, async () => {
    const { url, stateFolder } = inject('worker');
    const { person, bearer } = await ownProgram();
    const env = {
      ...process.env,
      ...{ POSTERN_URL: url, STATE_DIR: stateFolder, POSTERN_BEARER: bearer },
      POSTERN_SESSION: person.cookies.get('session') ?? '',
    };
    const command = `${process.execPath} ${join(process.cwd(), 'test/support/mcp-driver.ts')}`;
    const baseline = join(process.cwd(), 'test/support/mcp-expected-failures.yml');
    const words = ['client', '--command', command, '--suite', suite, '--expected-failures', baseline];
    const cli = join(process.cwd(), 'node_modules/@modelcontextprotocol/conformance/dist/index.js');
    const { code, output } = await new Promise<{ code: number; output: string }>((resolve) => {
      const options = { env, cwd: folder, maxBuffer: 64 * 1024 * 1024 };
      execFile(process.execPath, [cli, ...words, '--timeout', '120000'], options, (error, stdout, stderr) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, output: stdout + stderr }),
      );
    });
    if (process.env.SHOW_CONFORMANCE) console.error(output);
    expect([code, output.slice(-3000)]).toEqual([0, output.slice(-3000)]);
  });
}
