/** Parameters as they come over the wire (RFC 6749 §3.1, Appendix B). */
import { describe, expect, it } from 'vitest';
import { parseParameters } from '../../../src/http/parameters.ts';

describe('parseParameters', () => {
  it('decodes form encoding', () => {
    const parameters = parseParameters('a=1+2&b=%C3%A4&&c=x=y');
    expect([parameters.one('a'), parameters.one('b'), parameters.one('c')]).toEqual(['1 2', 'ä', 'x=y']);
  });

  it('Parameters sent without a value MUST be treated as if they were omitted from the request', () => {
    expect(parseParameters('a=&b&c=1').one('a')).toBeUndefined();
    expect(parseParameters('a=&b&c=1').one('b')).toBeUndefined();
  });

  it('Request and response parameters MUST NOT be included more than once, but for resource (RFC 8707)', () => {
    expect(() => parseParameters('a=1&a=2').refuseDuplicates()).toThrow(/more than once|once/);
    expect(() => parseParameters('resource=1&resource=2').refuseDuplicates()).not.toThrow();
  });

  it.each(['a=%', 'a=%ff', 'a=%zz', 'a=%00', 'a=%0d%0a', '%c0%80=1'])('refuses %s', (text) =>
    expect(() => parseParameters(text)).toThrow(expect.objectContaining({ code: 'invalid_request' })),
  );

  it('refuses thousands', () => {
    expect(() => parseParameters('a=1&'.repeat(5000))).toThrow(/too many/);
  });
});
