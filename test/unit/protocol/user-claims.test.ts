/** The claims that scopes open: nothing of the record but what is named. */
import { describe, expect, it } from 'vitest';
import { claimsByName, haveUserClaims, scopeOfClaim, userClaims } from '../../../src/protocol/user-claims.ts';

const ADA = {
  id: 'u_1',
  name: 'Ada',
  givenName: null,
  familyName: null,
  picture: null,
  locale: null,
  email: 'ada@example.com',
  emailVerifiedAt: null,
  roles: ['editor'],
  createdAt: 5000,
  updatedAt: null,
  passwordHash: 'secret',
};

describe('OpenID Connect Core §5.4 claims of scopes', () => {
  it.each(['constructor', 'toString', '__proto__', 'valueOf'])('a scope or claim %s opens nothing', (name) => {
    expect(userClaims(ADA, [name], [name])).toEqual({ sub: 'u_1' });
    expect([haveUserClaims([name]), scopeOfClaim(name), claimsByName(ADA, [name])]).toEqual([false, undefined, {}]);
  });

  it('a claim that has no value is left out', () => {
    const told = JSON.parse(JSON.stringify(userClaims(ADA, ['profile', 'email'])));
    const email = { email: 'ada@example.com', email_verified: false };
    expect(told).toEqual({ sub: 'u_1', name: 'Ada', updated_at: 5, ...email });
  });
});
