/** Problems of lists: each names its line as it was typed, in every form of the console. */
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { readField } from '../../../src/admin/console/forms/field-text.ts';
import type { FormField } from '../../../src/admin/console/forms/form-field.ts';
import { problemsOf, problemsOfRefusal } from '../../../src/admin/console/forms/problems.ts';
import { formFieldsIn } from '../../../src/admin/console/record-form-fields.ts';
import { GROUPS, groupSchema, settingField } from '../../../src/admin/console/setting-fields.tsx';
import { RECORDS } from '../../../src/admin/records/index.ts';
import { consoleTexts as en } from '../../../src/locales/en/console-index.ts';
import { settingsInGroup } from '../../../src/protocol/settings.ts';

const say = en.console.form;
const CAPABILITIES = { grants: [], authMethods: [], idTokenAlgorithms: [], assertionAlgorithms: [] } as never;

/** Accepted by no list: too long, and neither a URI nor a name. */
const WRONG = `x"\\${'x'.repeat(2100)}`;

type ListForm = { field: FormField; schema: z.ZodObject };

const formsOfRecords: ListForm[] = RECORDS.flatMap((record) =>
  [record.create, record.change, record.put].flatMap((schema) => {
    if (!schema) return [];
    const form = formFieldsIn(CAPABILITIES, record, schema, {});
    return form.fields.map((field) => ({ field, schema: form.schema as z.ZodObject }));
  }),
);

const isList = ({ field: { kind } }: ListForm) => kind.is === 'list' || kind.is === 'named';

function problemOf({ field, schema }: ListForm, text: string): string | undefined {
  const value = readField(field, text);
  const parsed = z.safeParse(schema, { [field.name]: value });
  const issues = parsed.error?.issues.filter(({ path }) => path[0] === field.name) ?? [];
  return problemsOf(issues, [field], { [field.name]: text }, say)[field.name];
}

describe('a line that its list does not accept', () => {
  it('is one problem that names the line by number and text, in every list of every record', () => {
    const lists = formsOfRecords.filter(isList);
    const names = new Set(lists.map(({ field }) => field.name));
    expect([...names]).toEqual(
      expect.arrayContaining(['redirect_uris', 'post_logout_redirect_uris', 'contacts', 'roles', 'allowed_origins']),
    );
    for (const list of lists) {
      // A line of a resource's scopes has a text behind the name.
      const problem = problemOf(list, `\n\n${WRONG} ${WRONG}`) ?? '';
      expect([list.field.name, problem.split('\n').length]).toEqual([list.field.name, 1]);
      expect([list.field.name, problem]).toEqual([list.field.name, expect.stringMatching(/^Line 3, "x\\"/)]);
    }
  });

  it('is one problem that names the line by number and text, in every list of the settings', () => {
    const lists = GROUPS.flatMap((group) =>
      settingsInGroup(group).map((name) => ({
        field: settingField(name, en.consoleSettings),
        schema: groupSchema(group),
      })),
    ).filter(({ field }) => field.kind.is === 'lines');
    expect(lists.map(({ field }) => field.name).sort()).toEqual([
      'allowed_public_client_origins',
      'new_client_rules',
      'private_use_schemes',
      'scopes_supported',
      'second_factor_roles',
    ]);
    for (const list of lists) {
      expect([list.field.name, problemOf(list, '\n"\\:\n')]).toEqual([
        list.field.name,
        expect.stringMatching(/^Line 2, "\\"\\\\:": .*\.$/),
      ]);
    }
  });

  it('is named by where it was typed, whatever empty and repeated lines stand before it', () => {
    const list = formsOfRecords.find(({ field }) => field.name === 'redirect_uris');
    if (!list) throw new Error('no such field');
    const typed = 'https://a.example/\n\nhttps://a.example/\nfoo\nhttp://b.example/';
    expect(problemOf(list, typed)).toBe(
      'Line 4, "foo": it is not an absolute URI.\nLine 5, "http://b.example/": http is only for loopback (http://127.0.0.1, http://[::1], http://localhost); use https.',
    );
  });

  it('is named where an operation refuses it by its pointer', () => {
    const field = formsOfRecords.find(({ field: { name } }) => name === 'redirect_uris')?.field as FormField;
    const refusal = { description: 'no', fields: [{ pointer: '#/metadata/redirect_uris/1', detail: 'it is bad.' }] };
    expect(problemsOfRefusal(refusal, [field], { redirect_uris: 'https://a.example/\n\nx:/y' }, say)).toEqual({
      redirect_uris: 'Line 3, "x:/y": it is bad.',
    });
  });
});
