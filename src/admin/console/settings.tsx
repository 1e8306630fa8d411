/** GET /console/settings: every setting, its effect, its value and its default, by groups. */
import type { Context } from 'hono';
import type { Web } from '../../http/context.ts';
import {
  DEFAULT_SETTINGS,
  SETTING_GROUPS,
  SETTINGS,
  type SettingGroup,
  type SettingName,
  type Settings,
  settingsInGroup,
} from '../../protocol/settings.ts';
import { readSettingsFromPrimary } from '../../storage/server/settings.ts';
import { Field } from '../../ui/fields.tsx';
import { textsOf } from '../../ui/locale.ts';
import { Table } from '../../ui/table.tsx';
import { SHARD } from '../records/shard.ts';
import { type ConsoleUser, consolePage } from './console-page.tsx';
import { GROUPS, SETTINGS_PAGE, shown } from './setting-fields.tsx';
import { GroupForm } from './settings-in-place.tsx';

export async function showSettings(c: Context<Web>, here: ConsoleUser) {
  const values = await readSettingsFromPrimary(c.get('deps').databases);
  const say = textsOf(c, 'consoleSettings');
  const query = (c.req.query('q') ?? '').trim().slice(0, 200);
  const found = GROUPS.map((group) => ({ group, names: settingsFound(group, query) })).filter(
    ({ names }) => names.length > 0,
  );
  return consolePage(
    c,
    here,
    { title: say.title, section: 'settings' },
    <>
      <h1>{say.title}</h1>
      <p>{here.mayChange ? say.follow : say.lead}</p>
      <search>
        <form class="search" method="get" action={SETTINGS_PAGE}>
          <Field
            name="q"
            type="search"
            label={say.find}
            hint={say.findHint}
            value={query}
            autocomplete="off"
            optional
            id="settings-q"
          />
          <button type="submit" class="secondary">
            {textsOf(c, 'console').search}
          </button>
          {query !== '' && <a href={SETTINGS_PAGE}>{textsOf(c, 'console').all}</a>}
        </form>
      </search>
      <p>
        <a href={SHARD.console.path}>Shards</a>
      </p>
      {found.length === 0 && <p>{textsOf(c, 'console').noneFound}</p>}
      {found.map(({ group, names }) => (
        <section aria-labelledby={group}>
          <h2 id={group}>{SETTING_GROUPS[group]}</h2>
          {here.mayChange ? (
            <GroupForm c={c} group={group} names={names} values={values} formToken={here.formToken} all />
          ) : (
            <GroupTable group={group} names={names} values={values} say={say} />
          )}
        </section>
      ))}
    </>,
  );
}

/** The settings of a group with each word of the search in name, label or help, or in the name of the group. */
function settingsFound(group: SettingGroup, query: string): SettingName[] {
  const words = query.toLowerCase().split(/\s+/);
  return settingsInGroup(group).filter((name) => {
    const { label, help } = SETTINGS[name];
    const text = [name, label, help, SETTING_GROUPS[group]].join(' ').toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

type TableProps = { group: SettingGroup; names: readonly SettingName[]; values: Settings; say: Say };

/** The settings for an auditor, who changes none. */
const GroupTable = ({ group, names, values, say }: TableProps) => (
  <Table
    caption={say.caption(SETTING_GROUPS[group])}
    columns={[say.setting, say.value, say.what]}
    rows={names.map((name) => [
      SETTINGS[name].label,
      <Value name={name} values={values} say={say} />,
      SETTINGS[name].help,
    ])}
  />
);

function Value({ name, values, say }: { name: SettingName; values: Settings; say: Say }) {
  const value = shown(name, values[name], say);
  if (values[name] === DEFAULT_SETTINGS[name]) return <span>{value}</span>;
  return (
    <>
      <strong>{value}</strong> <span class="hint">{say.byDefault(shown(name, DEFAULT_SETTINGS[name], say))}</span>
    </>
  );
}

type Say = ReturnType<typeof textsOf<'consoleSettings'>>;
