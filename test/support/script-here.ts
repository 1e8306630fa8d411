/** A script of `npm run` in the process of the test: what it would load for itself is loaded here already. */
import { Readable } from 'node:stream';
import { format } from 'node:util';

type Main = (parameters: string[]) => Promise<number>;
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
export function scriptHere(
  main: Main,
  parameters: string[],
  surroundings: Surroundings,
): Promise<{ code: number; stdout: string; stderr: string }> {
  const result = last.then(() => run(main, parameters, surroundings));
  last = result.catch(() => undefined);
  return result;
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
