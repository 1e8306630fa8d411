/** A failure that the user of the command can fix: one sentence, without a stack trace. */
import { escapeControlCharactersInLines } from '../src/protocol/control-characters.ts';

export class Failure extends Error {}

/** True for an option that `parseArgs` of Node does not know, or that lacks its value. */
const isAboutOptions = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');

/** Runs a command; a Failure is printed as its sentence, and so is a wrong option. @returns the exit code. */
export async function orExplain(command: () => Promise<number>): Promise<number> {
  try {
    return await command();
  } catch (error) {
    if (!(error instanceof Failure) && !isAboutOptions(error)) throw error;
    console.error(escapeControlCharactersInLines(error.message));
    return 1;
  }
}
