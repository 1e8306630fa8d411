/** Lists that are typed one entry on a line: each entry with the number of its line, by which a problem names it. */

export type Line = { number: number; text: string };

/** The lines that hold something, by their numbers in the text, which begin with 1. */
export const linesIn = (text: string): Line[] =>
  text
    .split('\n')
    .map((line, index) => ({ number: index + 1, text: line.trim() }))
    .filter((line) => line.text !== '');

const MAX_QUOTED_LENGTH = 200;

/** A text as an error message quotes it: its beginning, where it is long. */
export const quoted = (text: string): string =>
  JSON.stringify(text.length > MAX_QUOTED_LENGTH ? `${text.slice(0, MAX_QUOTED_LENGTH)}...` : text);
