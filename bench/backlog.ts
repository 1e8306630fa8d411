/** Expired access tokens and single-use values, as a busy server leaves them to the sweep. */

/** Rows of each kind, which expire in the five minutes between two sweeps at a thousand a second. */
export const BACKLOG = 300_000;

export async function fillExpired(db: D1Database): Promise<void> {
  const numbers = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${BACKLOG})`;
  await db
    .prepare(`INSERT INTO tokens (id, grant_id, client_id, user_id, scopes, resource, issued_at, expires_at)
      ${numbers} SELECT 't_0_expired' || i, 'g_0_' || i, 'c_' || (i % 100), 'u_' || (i % 9999), '["profile"]',
        'https://as.example', 1, 1 + i FROM n`)
    .run();
  await db.prepare(`INSERT INTO single_uses (hash, expires_at) ${numbers} SELECT 'expired' || i, 1 + i FROM n`).run();
}

/** @returns the rows of the backlog that are left. */
export async function countExpired(db: D1Database): Promise<number> {
  const of = (table: string) => `(SELECT count(*) FROM ${table} WHERE expires_at <= ${BACKLOG + 1})`;
  return Number(await db.prepare(`SELECT ${of('tokens')} + ${of('single_uses')} AS n`).first('n'));
}
