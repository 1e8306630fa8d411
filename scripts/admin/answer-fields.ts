/** `--field NAME`: single members of a command's answer, for scripts. */
import { escapeControlCharacters } from '../../src/protocol/control-characters.ts';
import { Failure } from '../failure.ts';

/** The named members of an answer, one per line: text as it is, anything else as JSON. @throws Failure for another name. */
export function answerFields(answer: unknown, names: readonly string[]): string {
  const members = new Map(Object.entries(answer ?? {}));
  return names
    .map((name) => {
      if (!members.has(name)) {
        throw new Failure(`The answer has no field ${name}. It has: ${[...members.keys()].join(', ') || 'none'}.`);
      }
      const value: unknown = members.get(name);
      return escapeControlCharacters(typeof value === 'string' ? value : JSON.stringify(value));
    })
    .join('\n');
}
