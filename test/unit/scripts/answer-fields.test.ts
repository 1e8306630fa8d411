/** `--field NAME` of `npm run admin`: what a script reads of an answer. */
import { describe, expect, it } from 'vitest';
import { answerFields } from '../../../scripts/admin/answer-fields.ts';

describe('answerFields', () => {
  const answer = { client_id: 'c_1', redirect_uris: ['https://a.example/cb'], trusted: false, roles: null };

  it('prints each field on a line: text as it is, anything else as JSON', () => {
    expect(answerFields(answer, ['client_id', 'redirect_uris', 'trusted', 'roles'])).toBe(
      'c_1\n["https://a.example/cb"]\nfalse\nnull',
    );
  });

  it('escapes control characters, so that a field is one line', () => {
    expect(answerFields({ name: 'a\nb\u001b[2J' }, ['name'])).toBe('a\\u000ab\\u001b[2J');
  });

  it.each([[answer], [undefined], [{}]])('refuses a field that %j does not have', (given) => {
    expect(() => answerFields(given, ['secret'])).toThrow(/no field secret\. It has: /);
  });

  it('reads no inherited member', () => {
    expect(() => answerFields(answer, ['constructor'])).toThrow(/no field constructor/);
  });
});
