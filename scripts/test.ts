/** `npm test`: everything that proves what this project claims. `npm test -- NAME …` runs only those steps. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

type Step = { name: string; about: string; run: () => Promise<Outcome> };
type Outcome = { passed: number; failed: number; titles?: string[] };
/** What vitest's JSON reporter writes, as far as it is read here. */
type Report = {
  numPassedTests: number;
  numFailedTests: number;
  testResults: { assertionResults: { status: string; fullName: string }[] }[];
};

const bin = (name: string) => join('node_modules', '.bin', name);

const STEPS: readonly Step[] = [
  { name: 'types', about: 'Types', run: () => command(bin('tsc'), '--noEmit') },
  { name: 'lint', about: 'Lint and format', run: () => command(bin('biome'), 'check', '--error-on-warnings', '.') },
  { name: 'migrations', about: 'Migrations match the schema', run: migrationsMatch },
  {
    name: 'deploy',
    about: 'The Worker builds as it would be deployed',
    run: () => command(process.execPath, wranglerCli, 'deploy', '--dry-run', '--outdir', 'dist'),
  },
  { name: 'worker', about: 'Unit and specification tests inside workerd', run: () => vitest('worker') },
  { name: 'node', about: 'Flows with other clients, and a real browser, against a running Worker', run: outside },
];

const wranglerCli = join('node_modules', 'wrangler', 'wrangler-dist', 'cli.js');

export async function main(names: string[]): Promise<number> {
  const unknown = names.filter((name) => !STEPS.some((step) => step.name === name));
  if (unknown.length > 0) {
    console.error(`There is no step ${unknown.join(', ')}; there are: ${STEPS.map((step) => step.name).join(', ')}.`);
    return 1;
  }
  const total: Outcome = { passed: 0, failed: 0 };
  const failed: string[] = [];
  for (const step of STEPS.filter(({ name }) => names.length === 0 || names.includes(name))) {
    console.log(`\n== ${step.about}`);
    // One step that fails does not hide the others.
    const outcome = await step.run();
    total.passed += outcome.passed;
    total.failed += outcome.failed;
    if (outcome.failed > 0) failed.push(step.name, ...(outcome.titles ?? []).map((title) => `  ${title}`));
  }
  if (failed.length > 0) console.log(`\nFailed:\n${failed.join('\n')}`);
  console.log(`\n${total.passed} passed, ${total.failed} failed`);
  return total.failed > 0 ? 1 : 0;
}

async function exitCode(executable: string, ...parameters: string[]): Promise<number> {
  const env = { ...process.env, CI: '1', WRANGLER_SEND_METRICS: 'false', WRANGLER_HIDE_BANNER: 'true' };
  const child = spawn(executable, parameters, { stdio: ['ignore', 'inherit', 'inherit'], env });
  return new Promise((resolve) => child.on('close', (code) => resolve(code ?? 1)));
}

/** A step that passes or fails as a whole. */
async function command(executable: string, ...parameters: string[]): Promise<Outcome> {
  return (await exitCode(executable, ...parameters)) === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/** A project of vitest, counted test by test. */
async function vitest(project: string, ...more: string[]): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'postern-test-'));
  const report = join(folder, 'report.json');
  try {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile=${report}`];
    const code = await exitCode(bin('vitest'), 'run', '--project', project, ...reporters, ...more);
    const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, 'utf8')) as Report;
    // A file that cannot even be loaded fails without a failed test.
    const failed = code !== 0 && numFailedTests === 0 ? 1 : numFailedTests;
    const titles = testResults
      .flatMap(({ assertionResults }) => assertionResults)
      .filter(({ status }) => status === 'failed');
    return { passed: numPassedTests, failed, titles: titles.map(({ fullName }) => fullName) };
  } catch (error) {
    console.error(`vitest did not finish: ${(error as Error).message}`);
    return { passed: 0, failed: 1 };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Without a browser its tests cannot run: the others do, and the command says so and fails. */
async function outside(): Promise<Outcome> {
  const { findChromium } = await import('../test/support/browser.ts');
  if (await findChromium()) return vitest('node');
  const outcome = await vitest('node', '--exclude', 'test/browser/**');
  console.error('No Chromium was found, so the tests in test/browser did not run. Set CHROMIUM_PATH to one.');
  return { ...outcome, failed: outcome.failed + 1 };
}

/** drizzle-kit, asked for the migrations that are missing, must find none. */
async function migrationsMatch(): Promise<Outcome> {
  const child = spawn(
    process.execPath,
    [bin('drizzle-kit').replace('.bin/drizzle-kit', 'drizzle-kit/bin.cjs'), 'generate'],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  await new Promise((resolve) => child.on('close', resolve));
  const matches = /No schema changes/.test(output);
  console.log(matches ? 'They match.' : `They do not: commit what "npm run db:generate" has just made.\n${output}`);
  return matches ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}
