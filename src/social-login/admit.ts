/** Whom an account elsewhere signs in here: somebody known, somebody new, or nobody until they prove who they are. */
import { newIdentityId, newPersonId } from '../protocol/credentials.ts';
import type { Settings } from '../protocol/settings.ts';
import { findPersonByEmail, type Person } from '../storage/people.ts';
import {
  findByIdentity,
  type Known,
  linkIdentity,
  type NewIdentity,
  noteUse,
  signUpWith,
} from '../storage/person-identities.ts';
import type { SocialLogin } from '../storage/social-logins.ts';
import type { Deps } from '../web/context.ts';
import type { Refusal } from './pages.tsx';
import type { Somebody } from './who.ts';

export type Admission =
  | { person: Person }
  | { refusal: Refusal }
  /** Whose account has the address: they sign in to it first. */
  | { prove: Person };

type WithEmail = Somebody & { email: string };

/** By provider, issuer and subject first; an address decides nothing that its owner could not. */
export async function admit(deps: Deps, login: SocialLogin, who: Somebody): Promise<Admission> {
  const { databases, moment, later } = deps;
  const { issuer, subject, email, account } = who;
  const known = await findByIdentity(databases, { loginId: login.id, issuer, subject });
  if (known) {
    later('note the use of a social login', noteUse(databases, moment, known.identity.id, account ?? null));
    return admitted(known);
  }
  if (email === undefined) return { refusal: 'noEmail' };
  if (!who.emailVerified) return { refusal: 'unverified' };
  const person = await findPersonByEmail(databases, email);
  return person ? join(deps, login, { ...who, email }, person) : signUp(deps, login, { ...who, email });
}

const admitted = ({ person }: Known): Admission => (person.disabledAt === null ? { person } : { refusal: 'disabled' });

/** The address has an account here. */
async function join(deps: Deps, login: SocialLogin, who: WithEmail, person: Person): Promise<Admission> {
  if (person.disabledAt !== null) return { refusal: 'disabled' };
  // An address that nobody confirmed may be another's, who prepared the account and waits in it.
  const isTheirs = login.description.link_by_email && person.emailVerifiedAt !== null;
  // Whom an administrator added, and who never chose a password: this is how they come.
  const isExpected = person.passwordHash === null && whoMayCome(login, await deps.settings()) !== 'deny';
  if (!isTheirs && !isExpected) return { prove: person };
  const only = { email: who.email, isNew: !isTheirs, confirms: who.isVouchedFor };
  const identity = identityOf(login, who, person);
  const known = await linkIdentity(deps.databases, deps.moment, `person:${person.id}`, identity, only);
  return known ? admitted(known) : { prove: person };
}

async function signUp(deps: Deps, login: SocialLogin, who: WithEmail): Promise<Admission> {
  const policy = whoMayCome(login, await deps.settings());
  if (policy !== 'allow') return { refusal: policy === 'deny' ? 'denied' : 'invited' };
  const { email, name, givenName = null, familyName = null, picture = null } = who;
  const person = {
    ...{ id: newPersonId(), email, name: name ?? email, passwordHash: null, roles: login.description.roles },
    ...{ givenName, familyName, picture, emailVerifiedAt: who.isVouchedFor ? deps.moment.now : null },
  };
  const known = await signUpWith(deps.databases, deps.moment, person, identityOf(login, who, person));
  if (known) return admitted(known);
  // Somebody else took the address in this very moment.
  const taken = await findPersonByEmail(deps.databases, email);
  return taken ? join(deps, login, who, taken) : { refusal: 'denied' };
}

/** `setting` follows the setting: where strangers may not come, those whom an administrator added still may. */
function whoMayCome({ description: { sign_up } }: SocialLogin, settings: Settings): 'allow' | 'invited' | 'deny' {
  if (sign_up !== 'setting') return sign_up;
  return settings.sign_up === 'allow' ? 'allow' : 'invited';
}

export function identityOf(
  { id: loginId }: Pick<SocialLogin, 'id'>,
  { issuer, subject, account }: Pick<Somebody, 'issuer' | 'subject' | 'account'>,
  { id: personId }: Pick<Person, 'id'>,
): NewIdentity {
  return { id: newIdentityId(), loginId, issuer, subject, personId, account: account ?? null };
}
