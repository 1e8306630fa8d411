/** Ids and credentials: what is formatted is parsed, and nothing else. */
import { describe, expect, it } from 'vitest';
import {
  formatSessionCookie,
  newClientSecret,
  newGrantId,
  newUserId,
  parseSessionCookie,
  shardOf,
} from '../../../src/protocol/credentials.ts';
import { formatCode, formatRefreshToken, parseCode, parseRefreshToken } from '../../../src/protocol/token-format.ts';

describe('credentials', () => {
  const grant = newGrantId('weur');
  const user = newUserId();
  const content = { grant, generation: 3, userId: user, openid: true };
  const mac = 'm'.repeat(43);

  it('have a prefix that a scanner for leaked secrets can find', () => {
    expect(formatCode('0', 'x')).toMatch(/^pc_0_/);
    expect(formatRefreshToken(content, mac)).toMatch(/^pr_g_weur_/);
    expect(newClientSecret()).toMatch(/^ps_[0-9A-Za-z]{43}$/);
  });

  it('name the shard of what they were born from', () => {
    expect(shardOf(grant)).toBe('weur');
    expect(parseRefreshToken(formatRefreshToken(content, mac))).toEqual({ ...content, mac });
    expect(parseCode(formatCode('apac', 'a'.repeat(100)))).toEqual({ shard: 'apac', sealed: 'a'.repeat(100) });
    const user = newUserId();
    const secret = 's'.repeat(43);
    expect(parseSessionCookie(formatSessionCookie(user, 'oc', secret))).toEqual({ user, shard: 'oc', secret });
  });

  it.each([
    '',
    'pr_',
    `pr_${grant}_03_${user}_1_${mac}`,
    `pr_${grant}_-1_${user}_1_${mac}`,
    `pr_${grant}_1e3_${user}_1_${mac}`,
    `pr_${grant}_9999999999_${user}_1_${mac}`,
    `pr_${grant}_1_${user}_1_${mac}x`,
    `pr_${grant}_1_${user}_1_${mac}\n`,
    `pr_g_WEUR_${'a'.repeat(22)}_1_${user}_1_${mac}`,
    `pr_${grant}_1_${mac}`,
    `pr_${grant}_1_${user}_${mac}`,
    `pr_${grant}_1_${user}_2_${mac}`,
    `pr_${grant}_1_u_short_1_${mac}`,
  ])('%j is no refresh token', (text) => expect(parseRefreshToken(text)).toBeUndefined());
});
