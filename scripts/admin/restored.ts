/** restored export | restored: before and after a database is restored to an earlier time (docs/how-to/operate.md). */
import { readFileSync } from 'node:fs';
import { Failure } from '../failure.ts';
import { type Api, type Command, table } from './command.ts';
import { flagOption, textIn, textOption } from './options.ts';
import { type Act, type Export, type ExportedCutoff, type ExportedEvent, type Plan, planOf } from './restore-plan.ts';

type Outcome = { act: Act; outcome: string };
type RestoreResult = { outcomes: Outcome[]; byHand: ExportedEvent[] };

const SINCE = textOption('since', 'the time that the database is restored to', 'TIME');

export const RESTORED_COMMANDS: readonly Command[] = [
  {
    name: 'restored export',
    takes: [],
    about: 'all cutoffs, and audit events from --since on: into a file, beside each backup and before a restore',
    options: [SINCE],
    request: (_, values) => ({ since: timeOf(textIn(values, 'since')) }),
    run: (api, _, request) => exportOf(api, (request as { since: number }).since),
    show: (answer) => JSON.stringify(answer),
  },
  {
    name: 'restored',
    takes: [],
    about:
      'after a restore to --since: the revocations and deletions since then, by --from FILE of the export; --apply repeats them',
    options: [
      SINCE,
      textOption('from', 'the file that "restored export" wrote before the restore', 'FILE'),
      flagOption('apply', 'revokes again; without it the command only lists'),
    ],
    request: (_, values) => ({
      plan: planOf(read(textIn(values, 'from')), timeOf(textIn(values, 'since'))),
      apply: values.apply === true,
    }),
    run: async (api, _, request): Promise<RestoreResult> => {
      const { plan, apply } = request as { plan: Plan; apply: boolean };
      const outcomes: Outcome[] = [];
      for (const act of plan.acts) outcomes.push({ act, outcome: apply ? await sent(api, act) : 'to do: --apply' });
      const failed = outcomes.filter(({ outcome }) => outcome.startsWith('FAILED'));
      if (failed.length > 0) throw new Failure(`${report({ outcomes: failed, byHand: [] })}\n\nRun it again.`);
      return { outcomes, byHand: plan.byHand };
    },
    show: report,
  },
];

async function exportOf(api: Api, since: number): Promise<Export> {
  const exported_at = new Date().toISOString();
  const cutoffs = await pages<ExportedCutoff>(api, '/cutoffs', 'pending', { all: 'true' });
  const events = await pages<ExportedEvent>(api, '/events', 'events', { since: new Date(since).toISOString() });
  return { exported_at, cutoffs, events };
}

type Page = { next?: string; shards_that_did_not_answer?: string[] } & Record<string, unknown>;

/** All pages of a list of the admin API. @throws Failure where a database did not answer. */
export async function pages<T>(api: Api, path: string, name: string, query: Record<string, string>): Promise<T[]> {
  const rows: T[] = [];
  let after: string | undefined;
  do {
    const page: Page = await api<Page>('GET', `${path}?${new URLSearchParams({ ...query, ...(after && { after }) })}`);
    const silent = page.shards_that_did_not_answer ?? [];
    // An export that leaves something out would bring it back without a word.
    if (silent.length > 0) throw new Failure(`These databases did not answer: ${silent.join(' ')}. Export again.`);
    rows.push(...(page[name] as T[]));
    after = page.next;
  } while (after);
  return rows;
}

/** Sends a request; a record that no longer exists is a success. */
async function sent(api: Api, { method, path, body }: Act): Promise<string> {
  try {
    await api(method, path, body);
    return 'done';
  } catch (error) {
    const { message } = error as Error;
    return message.startsWith('The server refused (404)') ? 'is not there' : `FAILED: ${message}`;
  }
}

function timeOf(text: string | undefined): number {
  const time = Date.parse(text ?? '');
  if (Number.isNaN(time)) throw new Failure('--since must be the time of the restore, such as 2026-11-25T10:00:00Z.');
  return time;
}

function read(file: string | undefined): Export {
  if (file === undefined)
    throw new Failure('--from must name the file that "restored export" wrote before the restore.');
  try {
    const { cutoffs, events, exported_at } = JSON.parse(readFileSync(file, 'utf8')) as Export;
    if (Array.isArray(cutoffs) && Array.isArray(events)) return { cutoffs, events, exported_at };
  } catch {
    // Said below.
  }
  throw new Failure(`${file} is not a file that "restored export" wrote.`);
}

function report({ outcomes, byHand }: RestoreResult): string {
  const done = table(
    outcomes.map(({ act, outcome }) => [outcome, act.method, act.path, act.about]),
    'Nothing was revoked or deleted since then.',
  );
  if (byHand.length === 0) return done;
  const rest = byHand.map(({ at, type, subject, actor }) => [at, type, subject, actor]);
  return `${done}\n\nLook at these yourself, and do again what is to be so:\n\n${table(rest, '')}`;
}
