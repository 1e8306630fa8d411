import { describe, expect, it } from 'vitest';
import { ACR_VALUES, acrOf, meetsAcr, prefersCode } from '../../../src/protocol/acr.ts';

const PASSWORD = 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport';

describe('OpenID Connect Core §2 acr', () => {
  it('is the strongest class that the sign-in is of, or the first of those that the client wants', () => {
    expect(acrOf(['pwd'], [])).toBe(PASSWORD);
    expect(acrOf(['hwk', 'user'], [])).toBe('phr');
    expect(acrOf(['pwd', 'hwk'], [])).toBe('phr');
    expect(acrOf(['pwd', 'hwk'], ['urn:example:gold', PASSWORD])).toBe(PASSWORD);
    expect(acrOf(['fed'], ['phr'])).toBeUndefined();
  });

  it('is met by one of several, and by none of nothing', () => {
    expect(meetsAcr(['pwd'], [])).toBe(true);
    expect(meetsAcr(['pwd'], ['phr', PASSWORD])).toBe(true);
    expect(meetsAcr(['pwd'], ['phr'])).toBe(false);
    expect(meetsAcr([], [PASSWORD])).toBe(false);
  });

  it('prefers a code where that is enough for a class before those that are satisfied', () => {
    const mfa = 'https://refeds.org/profile/mfa';
    expect(prefersCode(['pwd'], [mfa])).toBe(true);
    expect(prefersCode(['pwd'], ['urn:example:gold', 'phr', mfa, PASSWORD])).toBe(true);
    expect(prefersCode(['fed'], [PASSWORD, mfa])).toBe(true);
    expect(prefersCode(['pwd'], [PASSWORD, mfa])).toBe(false);
    expect(prefersCode(['pwd', 'otp', 'mfa'], [mfa])).toBe(false);
    expect(prefersCode(['pwd'], ['phr'])).toBe(false);
    expect(prefersCode(['pwd'], [])).toBe(false);
  });

  it('lists each class once', () => {
    expect(new Set(ACR_VALUES).size).toBe(ACR_VALUES.length);
  });
});
