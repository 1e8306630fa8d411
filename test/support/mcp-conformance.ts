/** Runs the scenarios of `@modelcontextprotocol/conformance`, and names the checks that failed. */
import { spawn } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const RUNNER = join(process.cwd(), 'node_modules/@modelcontextprotocol/conformance/dist/index.js');
const CLIENT = join(import.meta.dirname, 'mcp-conformance-client.ts');

/** The context of a scenario for the client under test. */
export type Scenario = { name: string; version: string; resource: string; context: Record<string, string> };

/** By scenario: each check that failed or warned, in one line; none where all passed. */
export type Results = Map<string, string[]>;

/**
 * The runner starts all scenarios of a suite at once: no more than these are worked on, so that none waits long for a
 * server.
 */
const AT_ONCE = 2;

/** Milliseconds for a scenario, which waits for its turn within them. */
const PATIENCE = 240_000;

/**
 * Runs client scenarios.
 * @param parameters the choice of scenarios, as the runner's command takes them.
 */
export async function runClientScenarios(
  parameters: readonly string[],
  beClient: (scenario: Scenario) => Promise<void>,
): Promise<Results> {
  const folder = mkdtempSync(join(tmpdir(), 'postern-mcp-'));
  const complaints = new Map<string, string>();
  const turn = turns(AT_ONCE);
  const server = createServer(async (request, answer) => {
    const scenario = JSON.parse(await textOf(request)) as Scenario;
    const complaint = await turn(() => beClient(scenario)).then(
      () => undefined,
      (error: unknown) => String(error),
    );
    if (complaint) complaints.set(scenario.name, complaint);
    answer.writeHead(complaint ? 500 : 204).end(complaint);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const test = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const command = `${process.execPath} ${CLIENT}`;
    const output = await run(
      ['client', '--command', command, '-o', folder, '--timeout', String(PATIENCE), ...parameters],
      {
        CONFORMANCE_TEST: test,
      },
    );
    const results = readResults(folder);
    if (results.size === 0) throw new Error(`the runner reported no scenario: ${output.slice(-3000)}`);
    for (const [name, failed] of results) {
      const complaint = complaints.get(name);
      if (failed.length > 0 && complaint) failed.push(`the client ended with ${complaint}`);
    }
    return results;
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true });
  }
}

/** Runs the runner's command to its end. @returns what it printed. */
export function run(
  parameters: readonly string[],
  env: Record<string, string> = {},
  onOutput: (output: string) => void = () => undefined,
): Promise<string> {
  const child = spawn(process.execPath, [RUNNER, ...parameters], { env: { ...process.env, ...env }, cwd: tmpdir() });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
      onOutput(output);
    });
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => resolve(output));
  });
}

type Check = { id: string; status: string; description?: string; errorMessage?: string };

/** The results that the runner wrote: a folder for each scenario, whose name ends with a time. */
export function readResults(folder: string): Results {
  const results: Results = new Map();
  for (const path of globSync('**/checks.json', { cwd: folder })) {
    const name = dirname(path).replace(/-\d{4}-\d\d-\d\dT[\dZ-]+$/, '');
    const checks = JSON.parse(readFileSync(join(folder, path), 'utf8')) as Check[];
    const failed = checks.filter(({ status }) => status === 'FAILURE' || status === 'WARNING');
    results.set(
      name,
      failed.map(({ id, description, errorMessage }) => `${id}: ${errorMessage ?? description}`),
    );
  }
  return results;
}

/** Lets so many work at once; the others wait for their turn. */
function turns(most: number) {
  let free = most;
  const waiting: (() => void)[] = [];
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}
