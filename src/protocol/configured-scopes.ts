/** The scopes of the setting `scopes_supported`, beside those of the server itself. */
import { SCOPE_TOKEN, type Scope, SERVER_SCOPES } from './scope.ts';

/** Parses the scopes of the setting `scopes_supported`, one per line: the name, a space, and the consent page's text. */
function parseScopeLines(text: string): Scope[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const [name = '', ...words] = line.split(/\s+/);
      return { name, description: words.join(' ') || name, optional: true, listed: true };
    });
}

/** The error of a line of the setting `scopes_supported`; undefined for a valid line. */
export function scopeLineProblem(line: string): string | undefined {
  const [name = ''] = line.split(/\s+/);
  if (!SCOPE_TOKEN.test(name))
    return 'must begin with a scope name without quotation marks and backslashes (RFC 6749 §3.3)';
  return SERVER_SCOPES.some((scope) => scope.name === name) ? "names one of this server's own scopes" : undefined;
}

/** The scopes of the setting that were parsed last: it changes rarely, and each request asks for them. */
let parsed: { lines: string; own: Scope[]; all: Scope[] } | undefined;

function scopesOf(scopeLines: string) {
  if (parsed?.lines !== scopeLines) {
    const server = new Set(SERVER_SCOPES.map((scope) => scope.name));
    const own = parseScopeLines(scopeLines).filter((scope) => !server.has(scope.name));
    parsed = { lines: scopeLines, own, all: [...SERVER_SCOPES, ...own] };
  }
  return parsed;
}

/** Every scope of this server: its own and those of the settings. */
export const knownScopes = (scopeLines: string): readonly Scope[] => scopesOf(scopeLines).all;

/** The scopes of the settings alone. */
export const configuredScopes = (scopeLines: string): readonly Scope[] => scopesOf(scopeLines).own;
