/**
 * A script of `npm run` in the process of the test, where what it would load for itself is loaded already, or in a process
 * of its own, as npm runs it.
 */
import { execFile } from 'node:child_process';
import { Readable } from 'node:stream';
import { format } from 'node:util';

type Main = (parameters: string[]) => Promise<number>;
export type CommandResult = { code: number; stdout: string; stderr: string };

type Surroundings = {
  /** The working directory. */
  folder: string;
  /** Changes of the environment. */
  env: Record<string, string>;
  /** The whole standard input. */
  input?: string;
};

let last: Promise<unknown> = Promise.resolve();

/** Runs it when those before it have ended: the surroundings are those of the process. */
export function scriptHere(main: Main, parameters: string[], surroundings: Surroundings): Promise<CommandResult> {
  const result = last.then(() => run(main, parameters, surroundings));
  last = result.catch(() => undefined);
  return result;
}

/** Runs it in a process of its own. */
export function scriptApart(
  name: string,
  parameters: string[],
  { folder, env, input = '' }: Surroundings,
): Promise<CommandResult> {
  const surroundings = { cwd: folder, env: { ...process.env, ...env } };
  return new Promise((resolve) => {
    const words = ['scripts/run.mjs', name, ...parameters];
    const child = execFile(process.execPath, words, surroundings, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    );
    child.stdin?.end(input);
  });
}

async function run(main: Main, parameters: string[], { folder, env, input = '' }: Surroundings) {
  const printed = { stdout: '', stderr: '' };
  const [before, variables] = [process.cwd(), { ...process.env }];
  const { log, error } = console;
  const write = process.stderr.write;
  const stdin = Object.getOwnPropertyDescriptor(process, 'stdin') ?? {};
  console.log = (...values) => {
    printed.stdout += `${format(...values)}\n`;
  };
  console.error = (...values) => {
    printed.stderr += `${format(...values)}\n`;
  };
  process.stderr.write = (text) => {
    printed.stderr += text;
    return true;
  };
  try {
    process.chdir(folder);
    Object.assign(process.env, env);
    Object.defineProperty(process, 'stdin', { value: Readable.from(input ? [input] : []), configurable: true });
    const code = await main(parameters);
    return { code, ...printed };
  } finally {
    Object.assign(console, { log, error });
    process.stderr.write = write;
    Object.defineProperty(process, 'stdin', stdin);
    for (const name of Object.keys(process.env)) if (!Object.hasOwn(variables, name)) delete process.env[name];
    Object.assign(process.env, variables);
    process.chdir(before);
  }
}
