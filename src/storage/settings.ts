/** Settings as rows of name and value; what is not there has its default. */
import { eq } from 'drizzle-orm';
import { DEFAULT_SETTINGS, type SettingName, Settings } from '../protocol/settings.ts';
import { type Moment, recordEvent } from './audit.ts';
import { type Database, type Databases, decide } from './database.ts';
import { forgetEverything, Held } from './held.ts';
import { settings } from './schema/index.ts';

const held = new Held<Settings>();

/** The settings, from this isolate or the nearest replica: 30 seconds and the replica's lag old at most. */
export async function readSettings(databases: Databases, now: number): Promise<Settings> {
  const known = held.get('', now);
  if (known) return known;
  const fresh = await readRows(databases.near);
  held.set('', fresh, now);
  return fresh;
}

/** The settings as the primary has them. */
export function readLatestSettings(databases: Databases): Promise<Settings> {
  return readRows(databases.global);
}

async function readRows(db: Database): Promise<Settings> {
  const values: Record<string, unknown> = { ...DEFAULT_SETTINGS };
  for (const { name, value } of await db.select().from(settings)) {
    // A row from an older or newer version whose value no longer fits is as if it were not there.
    const schema = Settings.shape[name as SettingName];
    if (schema?.safeParse(value).success) values[name] = value;
  }
  return Settings.parse(values);
}

/** Changes settings together; their values have passed their schemas. */
export async function writeSettings(
  databases: Databases,
  moment: Moment,
  actor: string,
  values: Partial<Record<SettingName, unknown>>,
): Promise<void> {
  const db = databases.global;
  const [first, ...rest] = Object.entries(values).flatMap(([name, value]) => [
    db.insert(settings).values({ name, value }).onConflictDoUpdate({ target: settings.name, set: { value } }),
    recordEvent(db, moment, { type: 'setting.changed', subject: name, actor, detail: { value } }),
  ]);
  if (first) await decide(() => db.batch([first, ...rest]));
  forgetEverything();
}

/** Takes a setting back to its default, whatever that is in this version or the next. */
export async function resetSetting(
  databases: Databases,
  moment: Moment,
  actor: string,
  name: SettingName,
): Promise<void> {
  const db = databases.global;
  await decide(() =>
    db.batch([
      db.delete(settings).where(eq(settings.name, name)),
      recordEvent(db, moment, {
        ...{ type: 'setting.changed', subject: name, actor },
        detail: { value: DEFAULT_SETTINGS[name], default: true },
      }),
    ]),
  );
  forgetEverything();
}
