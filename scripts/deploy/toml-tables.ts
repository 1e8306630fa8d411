/** The tables of wrangler.toml, found in its text. */

/** The file that wrangler reads. */
export const FILE = 'wrangler.toml';

/** The name of a table of the environment: `vars`, or `env.staging.vars`. */
export const tableOf = ({ environment }: { environment: string | undefined }, name: string): string =>
  environment ? `env.${environment}.${name}` : name;

/** A table of the file: its header, and the lines below it up to the next table. Undefined where it is not there. */
export function findTable(text: string, header: string): { start: number; end: number } | undefined {
  const escaped = header.replaceAll(/[.[\]]/g, '\\$&');
  const found = new RegExp(`^${escaped}[ \\t]*(?:#.*)?\\n(?:(?!\\[).*\\n)*`, 'm').exec(text);
  return found ? { start: found.index, end: found.index + found[0].trimEnd().length + 1 } : undefined;
}

/** The text with something added at an index. */
export const splice = (text: string, at: number, added: string): string => text.slice(0, at) + added + text.slice(at);
