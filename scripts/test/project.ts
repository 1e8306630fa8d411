/** A project of vitest as a step of `npm test`, counted test by test. */
import { readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { newMemoryFolder } from '../memory-folder.ts';
import { bin, type Environment, exitCode, type Print } from './process.ts';

export type StepOutcome = { passed: number; failed: number; titles?: string[] };

/** The part of the report of vitest's JSON reporter that is read. */
type Report = {
  numPassedTests: number;
  numFailedTests: number;
  testResults: {
    /** The path of the file. */
    name: string;
    status: string;
    /** The failure of the file as a whole. */
    message: string;
    assertionResults: { status: string; fullName: string; failureMessages: string[] }[];
  }[];
};

/** A long project as two halves at the same time: each test waits, and workerd has one thread. */
export async function inParts(print: Print, project: string): Promise<StepOutcome> {
  const halves = await Promise.all([
    vitest(print, project, {}, '--shard=1/2'),
    vitest('at the end', project, {}, '--shard=2/2'),
  ]);
  const sum = (of: 'passed' | 'failed') => halves.reduce((total, half) => total + half[of], 0);
  return { passed: sum('passed'), failed: sum('failed'), titles: halves.flatMap(({ titles = [] }) => titles) };
}

/** A project of vitest, counted test by test. What its tests write goes with the folder. */
export async function vitest(
  print: Print,
  project: string,
  own: Environment = {},
  ...more: string[]
): Promise<StepOutcome> {
  const folder = newMemoryFolder('postern-test-');
  const report = join(folder, 'report.json');
  try {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile=${report}`];
    const env = { TMPDIR: folder, ...own };
    const code = await exitCode(print, env, bin('vitest'), 'run', '--project', project, ...reporters, ...more);
    const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, 'utf8')) as Report;
    // A file that cannot even be loaded fails without a failed test.
    const failed = code !== 0 && numFailedTests === 0 ? 1 : numFailedTests;
    return { passed: numPassedTests, failed, titles: testResults.flatMap(failuresOf) };
  } catch (error) {
    console.error(`vitest did not finish: ${(error as Error).message}`);
    return { passed: 0, failed: 1 };
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The failures in a file: of its tests, or of the file itself. */
function failuresOf({ name, status, message, assertionResults }: Report['testResults'][number]): string[] {
  const tests = assertionResults.filter((result) => result.status === 'failed');
  if (status === 'failed' && tests.length === 0) return [`${relative('.', name)}\n${firstLines([message])}`];
  return tests.map(({ fullName, failureMessages }) => `${fullName}\n${firstLines(failureMessages)}`);
}

/** The error and its place: the summary stands at the end of a long output, whose middle is not always kept. */
const firstLines = (messages: readonly string[]) =>
  messages
    .flatMap((message) => message.split('\n').slice(0, 8))
    .map((line) => `      ${line}`)
    .join('\n');
