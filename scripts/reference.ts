/** `npm run reference`: writes the tables of docs/reference from the definitions of records and settings. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as z from 'zod/v4/core';
import { capitalised } from '../src/admin/records/action.ts';
import { ADMINISTERED, CLIENT_FIELDS } from '../src/admin/records/client.ts';
import { METADATA } from '../src/admin/records/client-metadata.ts';
import { CLIENT } from '../src/admin/records/client-record.ts';
import { helpOf, optionOf } from '../src/admin/records/field.ts';
import { RECORDS } from '../src/admin/records/index.ts';
import { kindOf } from '../src/admin/records/kind.ts';
import type { RecordDefinition } from '../src/admin/records/record.ts';
import {
  DEFAULT_SETTINGS,
  SETTING_GROUPS,
  SETTINGS,
  type SettingGroup,
  settingsInGroup,
} from '../src/protocol/settings.ts';

const FOLDER = join('docs', 'reference');

/** Each page of docs/reference by its path. */
export const reference = (): Record<string, string> => ({
  [join(FOLDER, 'settings.md')]: settingsPage(),
  [join(FOLDER, 'client-fields.md')]: clientPage(),
  [join(FOLDER, 'records.md')]: recordsPage(),
});

function settingsPage(): string {
  const groups = Object.keys(SETTING_GROUPS) as SettingGroup[];
  return page(
    'Settings',
    'Change a setting in the console under *Settings*, with `npm run admin -- settings set NAME VALUE`, or with `PUT /api/admin/settings/NAME`. A change takes effect everywhere within 30 seconds.',
    groups.flatMap((group) => [
      `## ${SETTING_GROUPS[group]}`,
      table(
        ['Name', 'Label', 'Default', 'Accepts', 'What it does'],
        settingsInGroup(group).map((name) => [
          code(name),
          SETTINGS[name].label,
          value(DEFAULT_SETTINGS[name]),
          accepts(SETTINGS[name].schema),
          SETTINGS[name].help,
        ]),
      ),
    ]),
  );
}

function clientPage(): string {
  const rows = (names: string[]) =>
    names.map((name) => {
      const { label = name, help = '', notInConsole } = CLIENT_FIELDS[name] ?? {};
      const console = notInConsole === undefined ? label : `(not in the console: ${notInConsole})`;
      return [code(name), console, code(`--${optionOf(name, CLIENT_FIELDS[name] ?? {})}`), help];
    });
  const head = ['Name', 'Console', 'Command', 'What it does'];
  return page(
    'Client fields',
    'The fields of a client, in the admin API (`POST /api/admin/clients`, `PATCH /api/admin/clients/ID`), in the console under *Clients*, and as options of `npm run admin -- clients create` and `clients change`.',
    [
      '## Client metadata',
      'What a client registers (RFC 7591 §2 and the specifications that add to it), in `metadata`. An administrator sets it for clients that an administrator created; other clients set it themselves, by registration or in their Client ID Metadata Document.',
      table(head, rows(Object.keys(METADATA))),
      '## Set by an administrator',
      'What only an administrator sets, for every client.',
      table(head, rows(Object.keys(ADMINISTERED))),
      '## Actions',
      ...actionLines(CLIENT),
    ],
  );
}

type Row = { name: string; label: string; option: string; help: string };

const rowOf = ({ name, label, option, help }: Row) => [code(name), label, option, help];

/** A member of a record that is defined as a whole; one that no request sets has no option. */
function memberRow(record: RecordDefinition, name: string): string[] {
  const field = record.fields[name];
  const requests = [record.create, record.change, record.put];
  const isSet = requests.some((request) => request !== undefined && Object.hasOwn(request.shape, name));
  const isPosition = record.command.positions?.includes(name);
  const option = isPosition ? 'parameter' : code(`--${field?.option ?? name.replaceAll('_', '-')}`);
  const help = field ? helpOf(field) : '';
  return rowOf({ name, label: field?.label ?? name, option: isSet ? option : '', help });
}

/** The actions on a record: the verb of the command, and the effect. */
const actionLines = ({ command, actions }: RecordDefinition): string[] =>
  Object.entries(actions).map(([name, { summary, effect, notInCommand }]) => {
    const verb = notInCommand === undefined ? `${code(`${command.noun} ${name}`)}: ` : '';
    return `${verb}${summary}.${typeof effect === 'string' ? ` ${effect}` : ''}`;
  });

/** Every other record: its fields, and the actions on it. */
function recordsPage(): string {
  const head = ['Name', 'Console', 'Command', 'What it does'];
  return page(
    'Records',
    'The fields of the records that an administrator manages beside clients and settings, in the admin API (`/api/admin`), in the console, and as options of `npm run admin`.',
    [
      ...RECORDS.filter((record) => record !== CLIENT).flatMap((record) => [
        `## ${capitalised(record.many)}`,
        record.about,
        table(
          head,
          Object.keys(record.fields).map((name) => memberRow(record, name)),
        ),
        ...actionLines(record),
      ]),
    ],
  );
}

/** The values that a schema accepts, in a few words. */
function accepts(schema: z.$ZodType): string {
  const kind = kindOf(schema);
  if (kind.is === 'toggle') return '`true`, `false`';
  if (kind.is === 'number') return `${kind.least} to ${kind.most}`;
  if (kind.is === 'choice') return kind.of.map(code).join(', ');
  return 'text';
}

const code = (text: string) => `\`${text}\``;
const value = (one: unknown) => (one === '' ? 'not set' : code(String(one)));

const page = (title: string, lead: string, parts: string[]) =>
  [`# ${title}`, 'Generated by `npm run reference` from the definitions in the source.', lead, ...parts, '']
    .join('\n\n')
    .replace(/\n+$/, '\n');

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

export async function main(): Promise<number> {
  mkdirSync(FOLDER, { recursive: true });
  for (const [path, text] of Object.entries(reference())) {
    writeFileSync(path, text);
    console.log(`Written: ${path}`);
  }
  return 0;
}
