/** Programs that the steps of `npm test` start. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** The output of a step: printed as it comes, or as a whole at its end. */
export type Print = 'at once' | 'at the end';

export const bin = (name: string) => join('node_modules', '.bin', name);

export type Environment = Record<string, string>;

/** Runs a program to its end. @returns its exit code. */
export async function exitCode(
  print: Print,
  own: Environment,
  executable: string,
  ...parameters: string[]
): Promise<number> {
  const env = { ...process.env, CI: '1', WRANGLER_SEND_METRICS: 'false', WRANGLER_HIDE_BANNER: 'true', ...own };
  const output = print === 'at once' ? 'inherit' : 'pipe';
  const child = spawn(executable, parameters, { stdio: ['ignore', output, output], env });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => chunks.push(chunk));
  const code = await new Promise<number>((resolve) => child.on('close', (code) => resolve(code ?? 1)));
  process.stdout.write(Buffer.concat(chunks));
  return code;
}
