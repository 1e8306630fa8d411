/** A failure that whoever typed the command can mend: one clear sentence, no stack. */
export class Failure extends Error {}

/** Runs a command; a Failure is printed as its sentence. @returns the exit code. */
export async function orExplain(command: () => Promise<number>): Promise<number> {
  try {
    return await command();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    console.error(error.message);
    return 1;
  }
}
