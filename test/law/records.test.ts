/** The law of records: what the admin API accepts, console and command have too, unless the definition says why not. */
import { describe, expect, it } from 'vitest';
import type * as z from 'zod';
import { COMMANDS } from '../../scripts/admin.ts';
import { ADMIN_API } from '../../src/admin/api/table.ts';
import { CONSOLE_PAGES } from '../../src/admin/console/pages.tsx';
import { formFieldsIn } from '../../src/admin/console/record-form-fields.ts';
import { onePath } from '../../src/admin/console/record-parts.tsx';
import { GROUPS } from '../../src/admin/console/setting-fields.tsx';
import { BOUND } from '../../src/admin/operations/index.ts';
import { optionOf } from '../../src/admin/records/field.ts';
import { RECORDS } from '../../src/admin/records/index.ts';
import type { RecordDefinition } from '../../src/admin/records/record.ts';
import { namesSetBy, settableIn } from '../../src/admin/records/request.ts';
import { SettingNameParameter } from '../../src/admin/records/setting.ts';
import { SETTING_NAMES, settingsInGroup } from '../../src/protocol/settings.ts';

const optionsOf = (name: string): string[] =>
  (COMMANDS.find((command) => command.name === name)?.options ?? []).map((option) => option.name);

const namesOf = ({ shape }: z.ZodObject): string[] => Object.keys(shape);

/** The fields that a record's requests set. */
const setBy = ({ fields, create, change, put }: RecordDefinition): string[] => [
  ...new Set([create, change, put].flatMap((schema) => (schema ? namesSetBy(fields, schema) : []))),
];

/** A server that supports something of each. */
const CAPABILITIES = { grants: [], authMethods: [], idTokenAlgorithms: [], assertionAlgorithms: [] } as never;

describe.each(RECORDS.map((record) => [record.many, record] as const))('%s', (_, record) => {
  const { fields, answer, create, change, put, command, actions } = record;

  it('every member that is sent or answered has a field with a label', () => {
    const members = [...setBy(record), ...namesOf(answer), ...(record.once ? namesOf(record.once) : [])];
    expect(members.filter((name) => !fields[name]?.label)).toEqual([]);
  });

  it('the command has a verb for each request and action, and an option or a parameter for each member', () => {
    const { positions = [], create: creating = 'create', verbs: named = {}, read } = command;
    const putting = named.put ?? 'put';
    const verbs = { [creating]: create, change, [putting]: put };
    for (const [verb, schema] of Object.entries(verbs)) {
      if (!schema || !settableIn('notInCommand', fields, schema)) continue;
      const options = optionsOf(`${command.noun} ${verb}`);
      const missing = namesSetBy(fields, schema).filter((name) => {
        const isPosition = (verb === creating || (verb === putting && read)) && positions.includes(name);
        return (
          !isPosition && fields[name]?.notInCommand === undefined && !options.includes(optionOf(name, fields[name]))
        );
      });
      expect([verb, missing]).toEqual([verb, []]);
    }
    const acts = Object.entries(actions).flatMap(([name, { notInCommand }]) =>
      notInCommand === undefined ? [name] : [],
    );
    for (const verb of ['list', named.show ?? 'show', ...acts])
      expect(COMMANDS.map(({ name }) => name)).toContain(`${command.noun} ${verb}`);
  });

  it('the console has a list, a form for each request with each field, and a question before each action', () => {
    // Its definition says why it has pages of its own.
    if (record.console.own !== undefined) return expect(record.console.own).toMatch(/\w+ \w+/);
    const paths = CONSOLE_PAGES.map(({ path }) => path);
    const one = onePath(record);
    const expected = [
      record.console.path,
      ...((create ?? put) ? [`${record.console.path}/new`] : []),
      ...(record.console.page ? [one] : []),
      ...(settableIn('notInConsole', fields, change ?? put) ? [`${one}/edit`] : []),
      ...Object.entries(actions).flatMap(([name, { page = `/${name}`, notInConsole }]) =>
        notInConsole === undefined ? [one + page.replaceAll(/\{(\w+)\}/g, ':$1')] : [],
      ),
    ];
    expect(expected.filter((path) => !paths.includes(path))).toEqual([]);
    for (const schema of [create, change, put]) {
      if (!schema) continue;
      const shown = formFieldsIn(CAPABILITIES, record, schema, {}).fields.map(({ name }) => name);
      const missing = namesSetBy(fields, schema).filter((name) => !shown.includes(name));
      expect(missing.filter((name) => fields[name]?.notInConsole === undefined)).toEqual([]);
    }
  });

  it('a form of the console that changes it is compared with what was read, by the statement that saves it', () => {
    const { operations } = BOUND.find(({ definition }) => definition.type === record.type) ?? {};
    const isChanged = settableIn('notInConsole', fields, change ?? put) !== undefined;
    if (isChanged) expect(operations?.precondition).toBeDefined();
    expect(operations).toBeDefined();
  });

  it('the columns, filters and searches of its list name members and filters that there are', () => {
    const { columns, inCommand = [], anywhere = [], filters = {}, searched = {} } = record.list;
    const isMember = (name: string) => namesOf(answer).includes(name) || fields[name]?.within !== undefined;
    expect([...columns, ...inCommand, ...anywhere].filter((name) => !isMember(name))).toEqual([]);
    expect(Object.values(searched).filter((name) => name !== 'id' && !Object.hasOwn(filters, name))).toEqual([]);
    const route = ADMIN_API.routes[record.api.names?.list ?? `list${record.type}s`];
    expect(Object.keys(filters).filter((name) => !Object.hasOwn(route?.query ?? {}, name))).toEqual([]);
  });

  it('its relations name records, filters and members that there are', () => {
    const { actions, detail, fields, tables = [] } = record;
    for (const { member, columns, action } of tables) {
      expect(namesOf(detail?.schema ?? answer)).toContain(member);
      expect(columns.filter((name) => !fields[name])).toEqual([]);
      if (action !== undefined) expect(Object.keys(actions)).toContain(action);
    }
    for (const { type, filter, columns } of record.relations ?? []) {
      const related = RECORDS.find((one) => one.type === type);
      expect([type, Object.keys(related?.list.filters ?? {})]).toEqual([type, expect.arrayContaining([filter])]);
      expect(columns.filter((name) => !namesOf(related?.answer ?? answer).includes(name))).toEqual([]);
    }
  });
});

describe('settings', () => {
  it('every setting is in a group of the console, in the API and in the command', () => {
    const grouped = GROUPS.flatMap((group) => settingsInGroup(group));
    expect(grouped.toSorted()).toEqual(SETTING_NAMES.toSorted());
    expect(SETTING_NAMES.filter((name) => !SettingNameParameter.safeParse(name).success)).toEqual([]);
  });
});
