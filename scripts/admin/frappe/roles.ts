/** Roles of a Frappe site as roles of this server: names in lower case, none of which gives rights here by accident. */
import { createHash } from 'node:crypto';
import { ADMINISTRATOR_ROLE, READER_ROLES } from '../../../src/protocol/scope.ts';
import type { FrappeExport } from './export-file.ts';

/** The role that administers a site, and so this server. */
const SYSTEM_MANAGER = 'System Manager';

/** Roles that every user has. */
const OF_EVERYONE = ['All', 'Guest'];

/** The role of users of the desk, which sites give without a row. */
export const DESK_USER = 'Desk User';

/** The name here of each role, by its name at the site; a role that every user has is in no list. */
export type RoleNames = ReadonlyMap<string, string>;

export function roleNames({ users, oauth_clients }: Pick<FrappeExport, 'users' | 'oauth_clients'>): RoleNames {
  const all = [...users.flatMap(({ roles }) => roles), ...oauth_clients.flatMap((client) => client.allowed_roles)];
  const names = [...new Set([...all, DESK_USER])].filter((name) => !OF_EVERYONE.includes(name));
  const alike = Map.groupBy(names, slug);
  // Two roles that differ in signs only stay two.
  const nameOf = (name: string) =>
    (alike.get(slug(name)) ?? []).length > 1 ? `${slug(name)}-${digest(name)}` : slug(name);
  return new Map(names.map((name) => [name, name === SYSTEM_MANAGER ? ADMINISTRATOR_ROLE : nameOf(name)]));
}

/** The names here of roles of the site, each once. */
export const namesHere = (roles: readonly string[], names: RoleNames): string[] => [
  ...new Set(roles.flatMap((role) => names.get(role) ?? [])),
];

export const isOfEveryone = (role: string): boolean => OF_EVERYONE.includes(role);

function slug(name: string): string {
  const plain = name.normalize('NFKD').toLowerCase();
  const signs = plain
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^[^a-z]+|-+$/g, '')
    .slice(0, 50);
  if (signs === '') return `role-${digest(name)}`;
  // The reading and administering roles of this server are given by no other role.
  return READER_ROLES.some((role) => role === signs) ? `frappe-${signs}` : signs;
}

const digest = (name: string): string => createHash('sha256').update(name).digest('hex').slice(0, 8);
