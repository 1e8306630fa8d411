/** The conformance ledger, generated from the titles of the tests. */
import { describe, expect, it } from 'vitest';
import { titlesIn } from '../../scripts/ledger/titles.ts';
import { ledger } from '../../scripts/ledger.ts';

describe('docs/reference/conformance.md', () => {
  it('has a section for each specification that the tests name', () => {
    const sections = ledger().match(/^## RFC \d{4}: /gm) ?? [];
    expect(sections.length).toBeGreaterThan(20);
  });

  it('names each title with its groups; what a title leaves open is an ellipsis', () => {
    const source = [
      "describe('RFC 1 §2 a thing', () => {",
      "  it('§3 says so', () => {});",
      "  it.each([['a', ')']])(",
      "    'a case %s of it',",
      '    () => {},',
      '  );',
      '});',
      "for (const shards of [[], ['A']]) {",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source
      '  describe(`RFC 4, with ${shards.length} shards beside DB`, () => {',
      '    it("it\'s one", () => {});',
      '  });',
      '}',
    ].join('\n');
    expect(titlesIn('x.test.ts', source).map(({ groups, title }) => [...groups, title])).toEqual([
      ['RFC 1 §2 a thing', '§3 says so'],
      ['RFC 1 §2 a thing', 'a case … of it'],
      ['RFC 4', "it's one"],
    ]);
  });

  it('puts a test under what its own title names, else under what its group names', () => {
    const text = ledger([
      { file: 'test/spec/x.test.ts', groups: ['RFC 9999 §2 a thing'], title: '§3.1 says so, as RFC 8888 §4 does' },
      { file: 'test/spec/x.test.ts', groups: ['RFC 9999 §2 a thing'], title: 'says this' },
      { file: 'test/spec/x.test.ts', groups: ['pages'], title: 'look good' },
    ]);
    expect(text).toContain('## RFC 9999\n');
    expect(text).toContain('| §2 | says this | [spec/x.test.ts](../../test/spec/x.test.ts) |');
    expect(text).toMatch(/## RFC 9999[^#]*\| §3\.1 \| §3\.1 says so/);
    expect(text).toMatch(/## RFC 8888[^#]*\| §4 \| §3\.1 says so/);
    expect(text).toContain('| pages | look good |');
  });
});
