/** The roles that users have and clients require, for the forms that offer them. */
import { sql } from 'drizzle-orm';
import type { Databases } from '../database/database.ts';

/** The newest users, and clients that require a role, whose roles are read; and the roles of them that are kept. */
const MOST_READ = 500;
const MOST_ROLES = 100;

export async function rolesInUse({ global }: Databases): Promise<string[]> {
  const users = sql`SELECT role.value AS name FROM (SELECT roles FROM users ORDER BY created_at DESC LIMIT ${MOST_READ}) AS one,
    json_each(one.roles) AS role`;
  const clients = sql`SELECT role.value AS name FROM (SELECT roles FROM clients WHERE roles <> '[]' LIMIT ${MOST_READ}) AS one,
    json_each(one.roles) AS role`;
  const rows = await global.all<{ name: string }>(sql`${users} UNION ${clients} ORDER BY name LIMIT ${MOST_ROLES}`);
  return rows.map(({ name }) => name);
}
