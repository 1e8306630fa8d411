/** Text that drives no terminal. */
import { describe, expect, it } from 'vitest';
import { record, table } from '../../../scripts/admin/command.ts';
import {
  containsControlCharacter,
  escapeControlCharacters,
  escapeControlCharactersInLines,
  isPlainText,
  stripControlCharacters,
} from '../../../src/protocol/control-characters.ts';

const HOSTILE = '\u001b[2J\u009b31mGoogle\u202e\r';

describe('ECMA-48 control functions in what the admin command prints', () => {
  it('stand as JSON writes them, and a document of JSON stays the same document', () => {
    expect(escapeControlCharacters(HOSTILE)).toBe('\\u001b[2J\\u009b31mGoogle\\u202e\\u000d');
    const json = JSON.stringify({ client_name: HOSTILE });
    expect(isPlainText(escapeControlCharacters(json))).toBe(true);
    expect(JSON.parse(escapeControlCharacters(json))).toEqual({ client_name: HOSTILE });
  });

  it('in a table and a record drive nothing, break no line and no column', () => {
    const rows = table(
      [
        [`${HOSTILE}\n`, 'x'],
        ['plain', 'y'],
      ],
      'none',
    );
    expect(rows.split('\n')).toHaveLength(2);
    const [first = '', second = ''] = rows.split('\n');
    expect([isPlainText(first), first.indexOf(' x')]).toEqual([true, second.indexOf(' y')]);
    const printed = escapeControlCharactersInLines(record({ client_name: HOSTILE, other: 'x' }));
    expect(printed.split('\n').map(isPlainText)).toEqual([true, true]);
  });
});

describe('Unicode §23.1 control codes', () => {
  it('are found however deep, in names too; tabs and line breaks of longer text are none', () => {
    for (const value of ['\u0000', ['\u0007'], { a: { b: ['\u001b'] } }, { '\u009b': 1 }, '\u007f', '\u0085']) {
      expect(containsControlCharacter(value)).toBe(true);
    }
    for (const value of ['a\tb\r\nc', null, 7, true, { a: ['ü', '👩‍🚀'] }, '\u202e'])
      expect(containsControlCharacter(value)).toBe(false);
  });

  it('are left out of what another server says of a user', () => {
    expect(stripControlCharacters(`Ada${HOSTILE}`)).toBe('Ada[2J31mGoogle');
  });
});
