/** `npm test`: everything that proves what this project claims. `npm test -- NAME …` runs only those steps. */
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { bin, exitCode, type Print } from './test/process.ts';
import { inParts, type StepOutcome, vitest } from './test/project.ts';
import { finished } from './wrangler.ts';

type Step = {
  name: string;
  about: string;
  /** Runs at the same time as everything else; those that do not are short, and run one after another beside these. */
  beside?: true;
  run: (print: Print) => Promise<StepOutcome>;
};
const STEPS: readonly Step[] = [
  // Each further checker works out much of the types anew: 7 s of one core, or 14 s of two.
  { name: 'types', about: 'Types', run: (print) => command(print, bin('tsc'), '--noEmit', '--checkers', '1') },
  {
    name: 'lint',
    about: 'Lint and format',
    run: (print) => command(print, bin('biome'), 'check', '--error-on-warnings', '.'),
  },
  { name: 'migrations', about: 'Migrations match the schema', run: migrationsMatch },
  {
    name: 'deploy',
    about: 'The Worker builds as it would be deployed',
    run: (print) => command(print, process.execPath, wranglerCli, 'deploy', '--dry-run', '--outdir', 'dist'),
  },
  { name: 'unit', about: 'Pure parts and laws, in Node alone', run: (print) => vitest(print, 'unit') },
  {
    name: 'worker',
    about: 'Specification tests inside workerd',
    beside: true,
    run: (print) => inParts(print, 'worker'),
  },
  {
    name: 'flow',
    about: 'Flows with other clients against a running Worker',
    beside: true,
    run: (print) => inParts(print, 'flow'),
  },
  {
    name: 'browser',
    about: 'A real browser against a running Worker',
    beside: true,
    run: inBrowser,
  },
  {
    name: 'command',
    about: 'The commands: start, deploy, keys, the package',
    beside: true,
    run: (print) => vitest(print, 'command'),
  },
];

const wranglerCli = join('node_modules', 'wrangler', 'wrangler-dist', 'cli.js');

export async function main(names: string[]): Promise<number> {
  const unknown = names.filter((name) => !STEPS.some((step) => step.name === name));
  if (unknown.length > 0) {
    console.error(`There is no step ${unknown.join(', ')}; there are: ${STEPS.map((step) => step.name).join(', ')}.`);
    return 1;
  }
  const chosen = STEPS.filter(({ name }) => names.length === 0 || names.includes(name));
  const [short, beside] = [chosen.filter((step) => !step.beside), chosen.filter((step) => step.beside)];
  const [first, ...others] = beside;
  const outcomes = await Promise.all([
    inTurn(short, first ? 'at the end' : 'at once'),
    ...(first ? [ended(first, 'at once')] : []),
    ...others.map((step) => ended(step, 'at the end')),
  ]);
  return summary(outcomes.flat());
}

type Ended = { name: string; outcome: StepOutcome };

/** One after another; a step that fails does not hide the others. */
async function inTurn(steps: readonly Step[], print: Print): Promise<Ended[]> {
  const outcomes: Ended[] = [];
  for (const step of steps) outcomes.push(await ended(step, print));
  return outcomes;
}

async function ended({ name, about, run }: Step, print: Print): Promise<Ended> {
  console.log(`\n== ${about}${print === 'at once' ? '' : ' (at the same time; its output follows when it has ended)'}`);
  const began = Date.now();
  const outcome = await run(print);
  console.log(`\n== ${about}: ${Math.round((Date.now() - began) / 1000)} s`);
  return { name, outcome };
}

function summary(outcomes: readonly Ended[]): number {
  const sum = (of: 'passed' | 'failed') => outcomes.reduce((total, { outcome }) => total + outcome[of], 0);
  const failed = outcomes.flatMap(({ name, outcome }) =>
    outcome.failed > 0 ? [name, ...(outcome.titles ?? []).map((title) => `  ${title}`)] : [],
  );
  if (failed.length > 0) console.log(`\nFailed:\n${failed.join('\n')}`);
  console.log(`\n${sum('passed')} passed, ${sum('failed')} failed`);
  return sum('failed') > 0 ? 1 : 0;
}

/** A step that passes or fails as a whole. */
async function command(print: Print, executable: string, ...parameters: string[]): Promise<StepOutcome> {
  return (await exitCode(print, {}, executable, ...parameters)) === 0
    ? { passed: 1, failed: 0 }
    : { passed: 0, failed: 1 };
}

/** Fails where no browser is found, with a sentence that says so. */
async function inBrowser(print: Print): Promise<StepOutcome> {
  const { findChromium } = await import('../test/support/browser.ts');
  const CHROMIUM_PATH = await findChromium();
  if (CHROMIUM_PATH) return vitest(print, 'browser', { CHROMIUM_PATH });
  console.error('No Chromium was found, so the tests in test/browser did not run. Set CHROMIUM_PATH to one.');
  return { passed: 0, failed: 1 };
}

/** drizzle-kit, asked for the migrations that are missing, must find none: in a copy, because other steps read them. */
async function migrationsMatch(): Promise<StepOutcome> {
  // drizzle-kit takes the folder relative to that of the project.
  const copy = join('.wrangler', 'migrations');
  rmSync(copy, { recursive: true, force: true });
  cpSync('drizzle', copy, { recursive: true });
  try {
    const { dialect, schema } = (await import('../drizzle.config.ts')).default;
    const { output } = await finished(
      drizzleKit('generate', '--dialect', dialect, '--schema', String(schema), '--out', copy),
    );
    const matches = /No schema changes/.test(output);
    console.log(
      matches ? 'They match.' : `They do not: run "npm run db:generate", and commit what it makes.\n${output}`,
    );
    return matches ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

const drizzleKit = (...parameters: string[]): ChildProcess =>
  spawn(process.execPath, [join('node_modules', 'drizzle-kit', 'bin.cjs'), ...parameters]);
