/** Ids and credentials: what is formatted is parsed, and nothing else. */
import { describe, expect, it } from 'vitest';
import {
  formatCode,
  formatRefreshToken,
  formatSessionCookie,
  newClientSecret,
  newGrantId,
  newPersonId,
  parseCode,
  parseRefreshToken,
  parseSessionCookie,
  shardOf,
} from '../../../src/protocol/credentials.ts';

describe('credentials', () => {
  const grant = newGrantId('weur');
  const mac = 'm'.repeat(43);

  it('have a prefix that a scanner for leaked secrets can find', () => {
    expect(formatCode('0', 'x')).toMatch(/^pc_0_/);
    expect(formatRefreshToken(grant, 3, mac)).toMatch(/^pr_g_weur_/);
    expect(newClientSecret()).toMatch(/^ps_[0-9A-Za-z]{43}$/);
  });

  it('name the shard of what they were born from', () => {
    expect(shardOf(grant)).toBe('weur');
    expect(parseRefreshToken(formatRefreshToken(grant, 3, mac))).toEqual({ grant, generation: 3, mac });
    expect(parseCode(formatCode('apac', 'a'.repeat(100)))).toEqual({ shard: 'apac', sealed: 'a'.repeat(100) });
    const person = newPersonId();
    const secret = 's'.repeat(43);
    expect(parseSessionCookie(formatSessionCookie(person, 'oc', secret))).toEqual({ person, shard: 'oc', secret });
  });

  it.each([
    '',
    'pr_',
    `pr_${grant}_03_${mac}`,
    `pr_${grant}_-1_${mac}`,
    `pr_${grant}_1e3_${mac}`,
    `pr_${grant}_9999999999_${mac}`,
    `pr_${grant}_1_${mac}x`,
    `pr_${grant}_1_${mac}\n`,
    `pr_g_WEUR_${'a'.repeat(22)}_1_${mac}`,
  ])('%j is no refresh token', (text) => expect(parseRefreshToken(text)).toBeUndefined());
});
