/** The commands of wrangler: each is run for the chosen environment, and its answer parsed. */
import { stripVTControlCharacters } from 'node:util';
import { Failure } from '../failure.ts';
import { type Ended, finished, wrangler } from '../wrangler.ts';

/** The environment of wrangler.toml that the commands are for, as options; none for the top level. */
export const environmentOptions = (environment: string | undefined): string[] =>
  environment ? ['--env', environment] : [];

let environment: string | undefined;

/** Chooses the environment for all commands that follow. */
export function selectEnvironment(name: string | undefined): void {
  environment = name;
  // Otherwise wrangler would take another one from there.
  delete process.env.CLOUDFLARE_ENV;
}

type CommandInput = { input?: string; env?: NodeJS.ProcessEnv };

/** Runs a command, whatever its outcome. */
export async function askWrangler(args: string[], { input, env }: CommandInput = {}): Promise<Ended> {
  const ended = await finished(wrangler([...args, ...environmentOptions(environment)], { input, env }));
  return { ...ended, stdout: stripVTControlCharacters(ended.stdout), stderr: stripVTControlCharacters(ended.stderr) };
}

/** The reason in wrangler's output, without decoration. */
function reasonOf({ stdout, stderr }: Ended): string {
  const [, reason] = /\[?ERROR\]?\s+([\s\S]+?)(?:\n\s*\n\s*\n|\n*🪵|$)/.exec(stderr) ?? [];
  return (reason ?? (stderr.trim() || stdout.trim())).trim();
}

/** The failure of a command, with the reason that wrangler gave. */
export const wranglerFailure = (args: string[], answer: Ended) =>
  new Failure(`"wrangler ${args.join(' ')}" failed: ${reasonOf(answer)}`);

/** @throws Failure where the command fails. */
export async function runWrangler(args: string[], more: CommandInput = {}): Promise<string> {
  const answer = await askWrangler(args, more);
  if (answer.code !== 0) throw wranglerFailure(args, answer);
  return answer.stdout;
}

/** The JSON in what a command printed, which may begin with a line about something else. */
export function parseAnswer<T>(args: string[], stdout: string): T {
  try {
    return JSON.parse(stdout.slice(stdout.search(/^[[{]/m))) as T;
  } catch {
    throw new Failure(`"wrangler ${args.join(' ')}" gave an answer that is not understood: ${stdout.trim()}`);
  }
}

/** The JSON that a command prints. @throws Failure */
export async function readFromWrangler<T>(...args: string[]): Promise<T> {
  return parseAnswer<T>(args, await runWrangler(args));
}
