/** The roles that users have and clients require, for the forms that offer them. */
import { sql } from 'drizzle-orm';
import type { Databases } from '../database/database.ts';

/** The newest users with roles, and clients that require one, whose roles are read. */
const MOST_READ = 50;

export async function rolesInUse({ global }: Databases): Promise<string[]> {
  const users = sql`SELECT role.value AS name FROM (SELECT roles FROM users WHERE roles <> '[]' ORDER BY created_at DESC LIMIT ${MOST_READ}) AS one,
    json_each(one.roles) AS role`;
  const clients = sql`SELECT role.value AS name FROM (SELECT roles FROM clients WHERE roles <> '[]' LIMIT ${MOST_READ}) AS one,
    json_each(one.roles) AS role`;
  const rows = await global.all<{ name: string }>(sql`${users} UNION ${clients} ORDER BY name`);
  return rows.map(({ name }) => name);
}
