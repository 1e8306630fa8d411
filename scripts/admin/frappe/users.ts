/** Users of a Frappe site. */
import type * as z from 'zod';
import { ImportedUser } from '../../../src/admin/imports/schemas.ts';
import { importedIterations } from '../../../src/crypto/imported-password.ts';
import { findLanguage } from '../../../src/locales/choose-language.ts';
import type { FrappeExport, FrappeUser } from './export-file.ts';
import type { Planned, PlanOptions, Remark } from './plan.ts';
import { DESK_USER, namesHere, type RoleNames } from './roles.ts';

type User = z.input<typeof ImportedUser>;

/** Accounts that each site has, and that are of no user. */
const OF_THE_SITE = ['Administrator', 'Guest'];

export function planUsers(
  site: FrappeExport,
  roles: RoleNames,
  options: PlanOptions,
): Planned<User> & { iterations: number } {
  const planned: Planned<User> & { iterations: number } = { records: [], leftOut: [], notes: [], iterations: 0 };
  for (const user of site.users) {
    const remark = (text: string): Remark => ({ kind: 'user', name: user.name, text });
    if (OF_THE_SITE.includes(user.name)) {
      planned.leftOut.push(remark('an account of the site itself: administrators here are users with the role'));
      continue;
    }
    const result = ImportedUser.safeParse(userHere(user, site.url, roles, options));
    if (!result.success) {
      const issue = result.error.issues[0];
      planned.leftOut.push(remark(`${issue?.path.join('.')} ${issue?.message}`));
      continue;
    }
    planned.records.push(result.data);
    planned.iterations = Math.max(planned.iterations, importedIterations(user.password) ?? 0);
    planned.notes.push(...notesOn(user, result.data.roles).map(remark));
  }
  return planned;
}

function userHere(user: FrappeUser, url: string, roles: RoleNames, { trustEmail }: PlanOptions): User {
  const email = user.email || user.name;
  const name = user.full_name || [user.first_name, user.last_name].filter(Boolean).join(' ') || email;
  const desk = user.user_type === 'System User' ? [DESK_USER] : [];
  return {
    source_name: user.name,
    email,
    email_verified: trustEmail,
    name,
    given_name: user.first_name || null,
    family_name: user.last_name || null,
    picture: pictureOf(user.user_image, url),
    locale: languageOf(user) ?? null,
    roles: namesHere([...user.roles, ...desk], roles),
    disabled: !user.enabled,
    password_hash: importedIterations(user.password) === undefined ? null : user.password,
  };
}

/** The language that the user has at the site, where this server has it. */
const languageOf = ({ language }: FrappeUser) => findLanguage([language]);

/** The address of a picture; null for one that only users of the site can see. */
function pictureOf(image: string, url: string): string | null {
  if (image === '' || image.startsWith('/private/') || !URL.canParse(image, url)) return null;
  const address = new URL(image, url);
  return /^https?:$/.test(address.protocol) && address.href.length <= 2000 ? address.href : null;
}

function notesOn(user: FrappeUser, roles: readonly string[]): string[] {
  return [
    ...(user.enabled ? [] : ['comes disabled, as at the site']),
    ...(roles.includes('administrator') ? ['a System Manager becomes an administrator of this server'] : []),
    ...languageNote(user),
    ...passwordNote(user.password),
  ];
}

function languageNote(user: FrappeUser): string[] {
  if (user.language === '' || languageOf(user) !== undefined) return [];
  return [
    `the language ${user.language} does not come: this server has no pages in it, and shows those of the browser's`,
  ];
}

function passwordNote(hash: string): string[] {
  if (importedIterations(hash) !== undefined) return [];
  if (hash === '') return ['has no password: signs in by social login, or sets one by mail (Forgot password)'];
  const reset = 'the user sets a new one by mail (Forgot password)';
  if (hash.startsWith('$argon2'))
    return [`the password cannot be verified here (argon2 needs too much memory): ${reset}`];
  if (/^\$(pbkdf2-sha256|frappel)\$\d+\$/.test(hash)) {
    return [`the password cannot be verified here (more than 100,000 iterations): ${reset}`];
  }
  return [`the password cannot be verified here (an unknown hash): ${reset}`];
}
