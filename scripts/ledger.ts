/** `npm run ledger`: writes docs/conformance.md, which says for each clause of each specification what test shows it. */
import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { readTitles, type Title } from './ledger/titles.ts';

export const LEDGER = 'docs/conformance.md';

/** The specifications that titles name, as they name them, and what they are called. Others are added as they are. */
const NAMES: Record<string, string> = {
  'RFC 6749': 'The OAuth 2.0 Authorization Framework',
  'RFC 6750': 'Bearer Token Usage',
  'RFC 7009': 'Token Revocation',
  'RFC 7517': 'JSON Web Key',
  'RFC 7521': 'Assertion Framework',
  'RFC 7523': 'JWT Profile for Client Authentication and Authorization Grants',
  'RFC 7591': 'Dynamic Client Registration',
  'RFC 7592': 'Dynamic Client Registration Management',
  'RFC 7636': 'Proof Key for Code Exchange',
  'RFC 7638': 'JSON Web Key Thumbprint',
  'RFC 7662': 'Token Introspection',
  'RFC 8252': 'OAuth 2.0 for Native Apps',
  'RFC 8414': 'Authorization Server Metadata',
  'RFC 8628': 'Device Authorization Grant',
  'RFC 8693': 'Token Exchange',
  'RFC 8705': 'Mutual-TLS Client Authentication',
  'RFC 8707': 'Resource Indicators',
  'RFC 8725': 'JSON Web Token Best Current Practices',
  'RFC 9068': 'JWT Profile for Access Tokens',
  'RFC 9101': 'JWT-Secured Authorization Request',
  'RFC 9110': 'HTTP Semantics',
  'RFC 9126': 'Pushed Authorization Requests',
  'RFC 9207': 'Issuer Identification',
  'RFC 9449': 'Demonstrating Proof of Possession',
  'RFC 9457': 'Problem Details for HTTP APIs',
  'RFC 9470': 'Step Up Authentication Challenge',
  'RFC 9700': 'Best Current Practice for OAuth 2.0 Security',
  'RFC 9728': 'Protected Resource Metadata',
  CIMD: 'OAuth Client ID Metadata Document (draft)',
  'ID-JAG': 'Identity Assertion JWT Authorization Grant (draft)',
  'Metadata Choices': 'OpenID Connect Relying Party Metadata Choices',
};

const SPECIFICATION =
  /\bRFC \d{4}\b|\bCIMD\b|\bID-JAG\b|\bMetadata Choices\b|\bOAuth 2\.1\b|\bMCP\b(?= §)|\bOpenID Connect (?:[A-Z][\w-]*\s?)+(?= §)|\bOAuth 2\.0 (?:[A-Z][\w-]*\s?)+(?= §)/g;
const SECTIONS = /§[\dA-Z][\w.]*(?<!\.)/g;

type Row = { clause: string; says: string; file: string };
type Ledger = { specifications: Map<string, Row[]>; others: Map<string, Row[]> };

/** Which specification and which sections a text names: each section belongs to the name before it. */
function clausesIn(text: string, otherwise: string | undefined): { name: string; sections: string[] }[] {
  const names = [...text.matchAll(SPECIFICATION)].map(({ 0: name, index }) => ({ name: name.trim(), index }));
  const parts = [...(names[0]?.index === 0 || !otherwise ? [] : [{ name: otherwise, index: 0 }]), ...names];
  return parts.map(({ name, index }, at) => ({
    name,
    sections: text.slice(index, parts[at + 1]?.index).match(SECTIONS) ?? [],
  }));
}

/** A test shows what its own title names; where that names no section, what its group names. */
function sortIn(ledger: Ledger, { file, groups, title }: Title): void {
  const group = groups.join(' · ');
  const ofGroup = clausesIn(group, undefined);
  const own = clausesIn(title, ofGroup[0]?.name).filter(
    ({ name, sections }) => sections.length > 0 || name !== ofGroup[0]?.name,
  );
  const names = own.some(({ sections }) => sections.length > 0) ? own : [...ofGroup, ...own];
  for (const { name, sections } of names) {
    const rows = ledger.specifications.get(name) ?? [];
    rows.push({ clause: sections.join(', '), says: title, file });
    ledger.specifications.set(name, rows);
  }
  // What no specification asks for is shown where tests of specifications stand.
  if (names.length > 0 || !file.startsWith('test/spec')) return;
  ledger.others.set(group, [...(ledger.others.get(group) ?? []), { clause: '', says: title, file }]);
}

/** The ledger, as it should stand in its file. */
export function ledger(titles: Title[] = readTitles(['test/spec', 'test/flow', 'test/browser'])): string {
  const found: Ledger = { specifications: new Map(), others: new Map() };
  for (const title of titles) sortIn(found, title);
  const rank = (name: string) => (name.startsWith('RFC') ? 0 : 1);
  const specifications = [...found.specifications].sort(([a], [b]) => rank(a) - rank(b) || compare(a, b));
  return [
    '# Conformance: each clause, and the test that shows it',
    'Written by `npm run ledger` from the titles of the tests; `npm test` fails where it is not current. … stands for the cases of a test that has several. `npx vitest run test/spec/FILE` runs one file.',
    table(
      ['Specification', '', 'Tests'],
      specifications.map(([name, rows]) => [
        `[${name}](#${anchor(heading(name))})`,
        NAMES[name] ?? '',
        `${rows.length}`,
      ]),
    ),
    ...specifications.flatMap(([name, rows]) => [`## ${heading(name)}`, clauses(rows)]),
    '## What no specification asks for',
    'Promises of the design: rounds, races, faults, limits, records and pages.',
    table(
      ['About', 'What the test says', 'File'],
      [...found.others].flatMap(([group, rows]) => rows.map(({ says, file }) => [group, says, link(file)])),
    ),
    '',
  ].join('\n\n');
}

const heading = (name: string) => (NAMES[name] ? `${name}: ${NAMES[name]}` : name);
const anchor = (text: string) =>
  text
    .toLowerCase()
    .replaceAll(/[^\w -]/g, '')
    .replaceAll(' ', '-');
const link = (file: string) => `[${relative('test', file)}](../${file})`;
const compare = (a: string, b: string) => a.localeCompare(b, 'en', { numeric: true });

function clauses(rows: Row[]): string {
  const sorted = rows.toSorted((a, b) => compare(a.clause, b.clause) || compare(a.file, b.file));
  return table(
    ['Clause', 'What the test says', 'File'],
    sorted.map(({ clause, says, file }) => [clause, says, link(file)]),
  );
}

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('<', '&lt;')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

export async function main(): Promise<number> {
  writeFileSync(LEDGER, ledger());
  console.log(`Written: ${LEDGER}`);
  return 0;
}
