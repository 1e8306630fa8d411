/** A failure that the user of the command can fix: one sentence, without a stack trace. */
import { escapeControlCharactersInLines } from '../src/protocol/control-characters.ts';
export class Failure extends Error {}

/** Runs a command; a Failure is printed as its sentence. @returns the exit code. */
export async function orExplain(command: () => Promise<number>): Promise<number> {
  try {
    return await command();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    console.error(escapeControlCharactersInLines(error.message));
    return 1;
  }
}
