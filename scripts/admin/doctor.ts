/** `npm run admin -- doctor <URL>`: checks from outside, as several MCP clients, why an MCP server does not connect. */
import { parseArgs } from 'node:util';
import { diagnose } from '../../src/admin/doctor/diagnose.ts';
import type { SignIn } from '../../src/admin/doctor/knowledge.ts';
import { type ClientProfile, PROFILES, profilesNamed } from '../../src/admin/doctor/profiles.ts';
import type { Finding, ProfileResult, Report } from '../../src/admin/doctor/report.ts';
import { STEPS, untestedSteps } from '../../src/admin/doctor/report.ts';
import { escapeControlCharacters, escapeControlCharactersInLines } from '../../src/protocol/control-characters.ts';
import { Failure } from '../failure.ts';
import { guardedFetch } from './doctor-fetch.ts';
import { listenForCallback } from './doctor-sign-in.ts';

export const DOCTOR_USAGE =
  'doctor <URL>  checks an MCP server from outside: the first step at which clients fail, and its fix';

const OPTIONS = {
  json: { type: 'boolean' },
  help: { type: 'boolean' },
  profile: { type: 'string', multiple: true },
  register: { type: 'boolean' },
  'client-id': { type: 'string' },
  origin: { type: 'string' },
  'sign-in': { type: 'boolean' },
} as const;

const HELP = [
  'npm run admin -- doctor <URL of the MCP server>',
  '',
  'Walks what an MCP client does, as several clients, and names the first broken step, what was seen, the clause and the fix.',
  'Ends with exit code 1 where a client cannot connect.',
  '',
  '  --json               the report as JSON',
  `  --profile ID …       only these clients: ${PROFILES.map(({ id }) => id).join(', ')}`,
  '  --register           registers clients (RFC 7591), and deletes them at the end (RFC 7592)',
  '  --client-id ID       a client that is registered, or the URL of a Client ID Metadata Document',
  '  --origin ORIGIN      pages of this origin must be able to connect (CORS)',
  '  --sign-in            a user signs in: tests the code, the tokens and the MCP server with them; registers a client',
].join('\n');

/** @returns the exit code: 0 where every client can connect. */
export async function doctor(parameters: string[]): Promise<number> {
  const { values, positionals } = parse(parameters);
  const [url, ...rest] = positionals;
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  if (url === undefined || rest.length > 0 || !isHttpUrl(url))
    throw new Failure(`Usage: npm run admin -- doctor <URL>\n\n${HELP}`);
  const callback = values['sign-in'] ? await listenForCallback() : undefined;
  const report = await diagnose(url, {
    fetch: guardedFetch(url),
    now: Date.now,
    profiles: profilesOf(values.profile),
    register: values.register,
    clientId: values['client-id'],
    origin: values.origin,
    signIn: callback satisfies SignIn | undefined,
  }).finally(() => callback?.close());
  console.log(
    values.json ? escapeControlCharacters(JSON.stringify(report)) : escapeControlCharactersInLines(show(report)),
  );
  return report.ok ? 0 : 1;
}

function parse(args: string[]) {
  try {
    return parseArgs({ args, options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new Failure(`${(error as Error).message}\n\n${HELP}`);
  }
}

const isHttpUrl = (text: string) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);

/** @throws Failure for an id that is none. */
function profilesOf(ids: readonly string[] | undefined): readonly ClientProfile[] {
  const profiles = profilesNamed(ids);
  if (profiles) return profiles;
  const known = PROFILES.map((each) => each.id);
  const wrong = ids?.find((id) => !known.includes(id));
  throw new Failure(`There is no profile ${wrong}. There are: ${known.join(', ')}.`);
}

/** The report for a terminal: the first broken step, each client, then every finding. */
export function show(report: Report): string {
  const { url, first, findings, profiles } = report;
  const summary = report.ok
    ? [`${url}: every client can connect, as far as was tested.`]
    : [`${url}: not every client can connect.`, '', 'First broken step:', ...(first ? showFinding(first) : [])];
  const others = findings.filter((finding) => report.ok || finding !== first);
  return [
    ...summary,
    '',
    ...profiles.map(showProfile),
    ...showUntested(profiles),
    ...(others.length > 0 ? ['', report.ok ? 'Found:' : 'Also found:'] : []),
    ...others.flatMap(showFinding),
  ].join('\n');
}

const showProfile = ({ name, brokenAt, optional }: ProfileResult): string =>
  `  ${name}: ${brokenAt ? `fails at: ${STEPS[brokenAt]}${optional ? ' (not counted)' : ''}` : 'ok'}`;

function showUntested(profiles: readonly ProfileResult[]): string[] {
  const lines = untestedSteps(profiles).map((line) => `  ${line}`);
  return lines.length > 0 ? ['', 'Not tested:', ...lines] : [];
}

const showFinding = ({ step, severity, code, seen, clause, fix, profiles }: Finding): string[] => [
  `  ${severity} ${code} at ${STEPS[step]}`,
  `    clients: ${profiles.join(', ')}`,
  `    seen:    ${seen}`,
  `    clause:  ${clause}`,
  `    fix:     ${fix}`,
];
