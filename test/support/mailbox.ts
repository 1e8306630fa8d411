/** The mailbox of a Worker under test. */
import type { Bindings } from '../../src/config.ts';

export type Letter = { to: string; from: unknown; subject: string; text: string };

export class Mailbox {
  readonly letters: Letter[] = [];

  /** The part of Cloudflare's mail binding that is used. */
  readonly binding = {
    send: async (letter: Letter) => {
      this.letters.push(letter);
      return { messageId: String(this.letters.length) };
    },
  } as unknown as NonNullable<Bindings['EMAIL']>;

  /** Takes the letters out. */
  take(): Letter[] {
    return this.letters.splice(0);
  }
}

/** The path of the link in a letter. */
export function linkIn(letter: Pick<Letter, 'text'> | undefined): string {
  const [link = ''] = /https?:\/\/\S+/.exec(letter?.text ?? '') ?? [];
  if (!link) throw new Error(`no link in ${JSON.stringify(letter)}`);
  return new URL(link).pathname + new URL(link).search;
}
