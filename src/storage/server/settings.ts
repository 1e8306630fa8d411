/** Settings as rows of name and value; a missing row means the default. */
import { eq, inArray, sql } from 'drizzle-orm';
import * as z from 'zod/mini';
import { DEFAULT_SETTINGS, isSettingName, SETTINGS, type SettingName, type Settings } from '../../protocol/settings.ts';
import { compiledStatement } from '../database/compiled-statement.ts';
import { type Database, type Databases, runBatch } from '../database/database.ts';
import { insertWhere } from '../database/insert-where.ts';
import { clearIsolateCaches, IsolateCache } from '../database/isolate-cache.ts';
import { settings } from '../schema/index.ts';
import { administratorCanSignIn, lastSignInMethod } from '../users/sign-in-methods.ts';
import { type RequestClock, recordEvent } from './audit.ts';

const settingsCache = new IsolateCache<Settings>();

/** The settings from the isolate cache or the nearest replica: at most 30 seconds and the replica's lag old. */
export async function readSettings(databases: Databases, now: number): Promise<Settings> {
  const known = settingsCache.get('', now);
  if (known) return known;
  const fresh = await readRows(databases.nearestReplica);
  settingsCache.set('', fresh, now);
  return fresh;
}

/** The settings in the isolate cache; undefined where there are none. */
export const cachedSettings = (now: number): Settings | undefined => settingsCache.get('', now);

/** The time in milliseconds for which this isolate still uses the settings that it read. */
export const settingsFreshFor = (now: number): number => settingsCache.freshFor('', now);

/** The settings from the primary. */
export function readSettingsFromPrimary(databases: Databases): Promise<Settings> {
  return readRows(databases.global);
}

const allSettings = compiledStatement()((db) => db.select().from(settings));

async function readRows(db: Database): Promise<Settings> {
  const values: Record<string, unknown> = { ...DEFAULT_SETTINGS };
  for (const { name, value } of await allSettings(db, {}).run()) {
    // A setting or a value of an older or newer version, which is none now, is ignored.
    const parsed = isSettingName(name) ? z.safeParse(SETTINGS[name].schema, value) : undefined;
    if (parsed?.success) values[name] = parsed.data;
  }
  return values as Settings;
}

/** The stored values of these settings, by their names; none for one that has its default. */
export async function readStoredSettings(
  databases: Databases,
  names: readonly SettingName[],
): Promise<Record<string, unknown>> {
  const rows = await databases.global
    .select()
    .from(settings)
    .where(inArray(settings.name, [...names]));
  return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
}

/**
 * Changes settings together; their values have passed their schemas.
 * @throws OAuthError conflict where no administrator could sign in any more: then none is changed.
 */
export async function writeSettings(
  databases: Databases,
  moment: RequestClock,
  actor: string,
  values: Partial<Record<SettingName, unknown>>,
): Promise<void> {
  const db = databases.global;
  // Passwords are disabled only while an administrator can sign in otherwise, by the rows that the statements find.
  const may =
    values.password_sign_in === false
      ? sql`(${administratorCanSignIn({}, sql`false`)} AND EXISTS (SELECT 1 FROM social_logins WHERE disabled_at IS NULL))`
      : sql`true`;
  const statements = Object.entries(values).flatMap(([name, value]) => [
    db
      .insert(settings)
      .select(insertWhere(settings, { name, value }, may))
      .onConflictDoUpdate({ target: settings.name, set: { value } }),
    recordEvent(db, moment, { type: 'setting.changed', subject: name, actor, detail: { value } }, may),
  ]);
  const [allowed] = await runBatch(() =>
    db.batch([db.select({ may: sql<number>`${may}` }).from(sql`(SELECT 1)`), ...statements]),
  );
  clearIsolateCaches();
  if (allowed[0]?.may !== 1) throw lastSignInMethod('a password');
}

/** Resets a setting to the default of this version or the next. */
export async function resetSetting(
  databases: Databases,
  moment: RequestClock,
  actor: string,
  name: SettingName,
): Promise<void> {
  const db = databases.global;
  await runBatch(() =>
    db.batch([
      db.delete(settings).where(eq(settings.name, name)),
      recordEvent(db, moment, {
        type: 'setting.changed',
        subject: name,
        actor,
        detail: { value: DEFAULT_SETTINGS[name], default: true },
      }),
    ]),
  );
  clearIsolateCaches();
}
