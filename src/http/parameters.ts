/** Parameters of a query or a form, parsed strictly: a malformed one is refused before any is read. */
import { OAuthError } from '../protocol/oauth-error.ts';

const MAX_PARAMETERS = 100;

// biome-ignore lint/suspicious/noControlCharactersInRegex: it matches control characters
const CONTROL_CHARACTER = /[\u0000-\u001f\u007f-\u009f]/;

/** RFC 8707 §2 and RFC 8693 §2.1: the OAuth parameters that may be repeated. */
const REPEATABLE = new Set(['resource', 'audience']);

export class Parameters {
  readonly #values: ReadonlyMap<string, string[]>;

  constructor(values: ReadonlyMap<string, string[]>) {
    this.#values = values;
  }

  /**
   * The value of a parameter, or undefined.
   * @throws OAuthError invalid_request for a repeated parameter.
   */
  one(name: string): string | undefined {
    const values = this.all(name);
    // RFC 6749 §3.1: Request and response parameters MUST NOT be included more than once.
    if (values.length > 1) throw new OAuthError('invalid_request', `${name} is given more than once.`);
    return values[0];
  }

  /** The value of a parameter. @throws OAuthError invalid_request for a missing or repeated one. */
  required(name: string): string {
    const value = this.one(name);
    if (value === undefined) throw new OAuthError('invalid_request', `${name} is missing.`);
    return value;
  }

  all(name: string): string[] {
    return this.#values.get(name) ?? [];
  }

  /** A copy with other values; undefined removes a parameter. */
  with(changes: Record<string, string | undefined>): Parameters {
    const changed = Object.entries(changes).map(([name, value]) => [name, value === undefined ? [] : [value]] as const);
    return new Parameters(new Map([...this.#values, ...changed]));
  }

  /** A copy with the named parameters only. */
  only(names: readonly string[]): Parameters {
    return new Parameters(new Map([...this.#values].filter(([name]) => names.includes(name))));
  }

  /** The parameters as a query. */
  toString(): string {
    const pairs = [...this.#values].flatMap(([name, values]) => values.map((value) => [name, value]));
    return new URLSearchParams(pairs).toString();
  }

  /** @throws OAuthError invalid_request for a repeated parameter other than those of `REPEATABLE` and `repeatable`. */
  refuseDuplicates(repeatable: readonly string[] = []): void {
    for (const name of this.#values.keys()) {
      if (!REPEATABLE.has(name) && !repeatable.includes(name)) this.one(name);
    }
  }
}

/**
 * Reads `application/x-www-form-urlencoded` text.
 * @param lines allows line breaks in values: browsers send CR LF, which becomes LF.
 * @throws OAuthError invalid_request for broken percent-encoding, invalid UTF-8, control characters, too many pairs.
 */
export function parseParameters(text: string, lines = false): Parameters {
  const pairs = text.split('&').filter((pair) => pair !== '');
  if (pairs.length > MAX_PARAMETERS) throw new OAuthError('invalid_request', 'there are too many parameters.');
  const values = new Map<string, string[]>();
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    const name = decode(at < 0 ? pair : pair.slice(0, at));
    const value = at < 0 ? '' : decode(pair.slice(at + 1), lines);
    // RFC 6749 §3.1: Parameters sent without a value MUST be treated as if they were omitted from the request.
    if (value !== '') values.set(name, [...(values.get(name) ?? []), value]);
  }
  return new Parameters(values);
}

function decode(text: string, lines = false): string {
  let decoded: string;
  try {
    decoded = decodeURIComponent(text.replaceAll('+', ' '));
  } catch (cause) {
    throw new OAuthError('invalid_request', 'a parameter is not valid percent-encoded UTF-8.', { cause });
  }
  if (lines) decoded = decoded.replaceAll('\r\n', '\n');
  if (CONTROL_CHARACTER.test(lines ? decoded.replaceAll('\n', '') : decoded)) {
    throw new OAuthError('invalid_request', 'a parameter contains a control character.');
  }
  return decoded;
}
