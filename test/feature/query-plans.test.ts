/** Every statement of the Worker uses an index: the check that test/support/workers-setup.ts makes after each file of tests. */
import { describe, expect, it } from 'vitest';
import { recordStatements, scansOfNewStatements } from '../support/query-plans.ts';
import { bindings } from '../support/server.ts';

function scansOf(statement: string): Promise<string[]> {
  const env = bindings();
  recordStatements(env).DB.prepare(statement);
  return scansOfNewStatements(env.DB);
}

describe('a statement', () => {
  it.each([
    'SELECT 1 FROM sessions WHERE user_agent = ?',
    'SELECT 1 FROM grants AS own WHERE own.jkt = ?',
    "UPDATE tokens SET revoked_at = 1 WHERE scopes = '?'",
    'SELECT 1 FROM audit_events ORDER BY at',
  ])('that reads a whole table is found, once: %s', async (statement) => {
    const scans = await scansOf(statement);
    expect(scans).toEqual([expect.stringMatching(/^SCAN \w+.*: /)]);
    expect(await scansOf(statement)).toEqual([]);
  });

  it.each([
    'SELECT 1 FROM sessions WHERE user_id = ? AND user_agent = ?',
    'SELECT 1 FROM audit_events ORDER BY at LIMIT ?',
    'SELECT 1 FROM settings',
    'SELECT 1 FROM (SELECT 1 AS id FROM grants WHERE id = ?) AS own WHERE own.id = 1',
    'SELECT value FROM json_each(?)',
  ])('that uses an index, or reads few rows, is not: %s', async (statement) => {
    expect(await scansOf(statement)).toEqual([]);
  });
});
