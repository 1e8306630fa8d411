/** The matching of an identity at a provider to a user: a linked one, a new one, or none until the user signs in here. */

import { notifyOwner } from '../http/account-notice.ts';
import type { Deps } from '../http/context.ts';
import { newIdentityId, newUserId } from '../protocol/credentials.ts';
import type { Settings } from '../protocol/settings.ts';
import type { SocialLogin } from '../storage/providers/social-logins.ts';
import { linkIdentity, signUpWithIdentity } from '../storage/users/link-identity.ts';
import {
  findByIdentity,
  type IdentityWithUser,
  type NewIdentity,
  recordIdentityUse,
} from '../storage/users/user-identities.ts';
import { findUserByEmail, type User } from '../storage/users/users.ts';
import type { SignInRefusal } from './pages.tsx';
import type { ProviderProfile } from './profile.ts';

export type AccountMatch =
  | { user: User }
  | { refusal: SignInRefusal }
  /** The user who has the address and must sign in here first. */
  | { mustSignIn: User };

type WithEmail = ProviderProfile & { email: string };

/** The user for a profile: by provider, issuer and subject first, then by a verified e-mail address. */
export async function matchAccount(deps: Deps, login: SocialLogin, profile: ProviderProfile): Promise<AccountMatch> {
  const { databases, moment, waitUntil } = deps;
  const { issuer, subject, email, account } = profile;
  const known = await findByIdentity(databases, { loginId: login.id, issuer, subject });
  if (known) {
    waitUntil(
      'note the use of a social login',
      recordIdentityUse(databases, moment, known.identity.id, account ?? null),
    );
    return matchOf(known);
  }
  if (email === undefined) return { refusal: 'noEmail' };
  if (!profile.emailVerified) return { refusal: 'unverified' };
  const user = await findUserByEmail(databases, email);
  const found = { ...profile, email };
  return user ? matchByEmail(deps, login, found, user) : signUpByProvider(deps, login, found);
}

const matchOf = ({ user }: IdentityWithUser): AccountMatch =>
  user.disabledAt === null ? { user } : { refusal: 'disabled' };

/** The match for a profile whose address belongs to a user. */
async function matchByEmail(deps: Deps, login: SocialLogin, profile: WithEmail, user: User): Promise<AccountMatch> {
  if (user.disabledAt !== null) return { refusal: 'disabled' };
  // An unverified address may belong to an attacker who created the account and waits for its owner.
  const isLinkedByEmail = login.description.link_by_email && user.emailVerifiedAt !== null;
  // A user whom an administrator added without a password signs in this way for the first time.
  const isInvited = user.passwordHash === null && signUpPolicy(login, await deps.settings()) !== 'deny';
  if (!isLinkedByEmail && !isInvited) return { mustSignIn: user };
  const only = { email: profile.email, isNew: !isLinkedByEmail, confirms: profile.emailVerifiedByProvider };
  const identity = identityOf(login, profile, user);
  const known = await linkIdentity(deps.databases, deps.moment, `user:${user.id}`, identity, only);
  // An invited user expects the link and gets no notice.
  if (known?.identity.id === identity.id && !isInvited) {
    notifyOwner(deps, user, 'account-linked', login.description.name);
  }
  return known ? matchOf(known) : { mustSignIn: user };
}

async function signUpByProvider(deps: Deps, login: SocialLogin, profile: WithEmail): Promise<AccountMatch> {
  const policy = signUpPolicy(login, await deps.settings());
  if (policy !== 'allow') return { refusal: policy === 'deny' ? 'denied' : 'invited' };
  const { email, name, givenName = null, familyName = null, picture = null } = profile;
  const user = {
    id: newUserId(),
    email,
    name: name ?? email,
    passwordHash: null,
    roles: login.description.roles,
    givenName,
    familyName,
    picture,
    emailVerifiedAt: profile.emailVerifiedByProvider ? deps.moment.now : null,
  };
  const known = await signUpWithIdentity(deps.databases, deps.moment, user, identityOf(login, profile, user));
  if (known) return matchOf(known);
  // A concurrent request created a user with this address.
  const owner = await findUserByEmail(deps.databases, email);
  return owner ? matchByEmail(deps, login, profile, owner) : { refusal: 'denied' };
}

/** The sign-up policy of a social login: `setting` follows the server's; without sign-up, invited users still may. */
function signUpPolicy({ description: { sign_up } }: SocialLogin, settings: Settings): 'allow' | 'invited' | 'deny' {
  if (sign_up !== 'setting') return sign_up;
  return settings.sign_up === 'allow' ? 'allow' : 'invited';
}

/** The row that links a profile to a user. */
export function identityOf(
  { id: loginId }: Pick<SocialLogin, 'id'>,
  { issuer, subject, account }: Pick<ProviderProfile, 'issuer' | 'subject' | 'account'>,
  { id: userId }: Pick<User, 'id'>,
): NewIdentity {
  return { id: newIdentityId(), loginId, issuer, subject, userId, account: account ?? null };
}
