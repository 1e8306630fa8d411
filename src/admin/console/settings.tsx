/** GET /console/settings: every setting, what it does, its value and its default. And changing those of a group. */
import type { Context } from 'hono';
import type { Web } from '../../http/context.ts';
import type { Parameters } from '../../http/parameters.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
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
import { Table } from '../../ui/components.tsx';
import { Field, HiddenFields } from '../../ui/fields.tsx';
import { textsOf } from '../../ui/locale.ts';
import { changeSettings, resetToDefault } from '../operations/settings.ts';
import { SHARD } from '../records/shard.ts';
import { consolePage, type Operator, redirectDone } from './console-page.tsx';
import { formPage, type RecordForm } from './forms/form.tsx';
import { GROUPS, groupSchema, settingField, shown } from './setting-fields.tsx';
import { GroupForm } from './settings-in-place.tsx';

export const SETTINGS_PAGE = '/console/settings';
export const SETTING_GROUP = '/console/settings/:group';

const addressOf = (group: SettingGroup) => `${SETTINGS_PAGE}/${group}`;

export async function showSettings(c: Context<Web>, here: Operator) {
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
            <GroupForm
              c={c}
              group={group}
              action={addressOf(group)}
              names={names}
              values={values}
              formToken={here.formToken}
            />
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

const groupForm = formPage(formOf);
export const showGroup = groupForm.show;

/** Saves the group, or resets one of its settings. */
export async function changeGroup(c: Context<Web>, here: Operator, form: Parameters) {
  const group = groupOf(c);
  const name = settingsInGroup(group).find((setting) => setting === form.one('reset'));
  if (name) {
    await resetToDefault(c.get('deps'), here.actor, name);
    return redirectDone(c, returnTo(form, group), 'setting-reset');
  }
  if (form.one('reset') !== undefined) throw new OAuthError('not_found', 'there is no such setting here.');
  const answer = await groupForm.send?.(c, here, form);
  const isSaved = answer?.status === 303;
  return isSaved ? redirectDone(c, returnTo(form, group), 'settings') : (answer ?? c.notFound());
}

/** The page that the form was sent from: that of all settings, or of the group. */
const returnTo = (form: Parameters, group: SettingGroup): string =>
  form.one('all') === undefined ? addressOf(group) : SETTINGS_PAGE;

/** @throws OAuthError not_found */
function groupOf(c: Context<Web>): SettingGroup {
  const group = GROUPS.find((name) => name === c.req.param('group'));
  if (!group) throw new OAuthError('not_found', 'there is no such group of settings.');
  return group;
}

async function formOf(c: Context<Web>, here: Operator) {
  const group = groupOf(c);
  const say = textsOf(c, 'consoleSettings');
  const names = settingsInGroup(group);
  const values = await readSettingsFromPrimary(c.get('deps').databases);
  const record = Object.fromEntries(names.map((name) => [name, values[name]]));
  const schema = groupSchema(group);
  return {
    section: 'settings',
    title: SETTING_GROUPS[group],
    lead: say.follow,
    submit: say.save,
    back: SETTINGS_PAGE,
    schema,
    fields: names.map((name) => settingField(name, say)),
    record,
    below: <Resets group={group} values={values} formToken={here.formToken} say={say} />,
    async send(value) {
      const changes = Object.entries(value).filter(([name, one]) => one !== record[name]);
      await changeSettings(c.get('deps'), here.actor, Object.fromEntries(changes));
      return redirectDone(c, addressOf(group), 'settings');
    },
  } satisfies RecordForm<typeof schema>;
}

/** A button for each setting of the group that does not have its default. */
function Resets(props: { group: SettingGroup; values: Settings; formToken: string; say: Say }) {
  const { group, values, formToken, say } = props;
  const changed = settingsInGroup(group).filter((name) => values[name] !== DEFAULT_SETTINGS[name]);
  if (changed.length === 0) return null;
  return (
    <form method="post" action={addressOf(group)}>
      <h2>{say.resetting}</h2>
      <HiddenFields formToken={formToken} />
      <ul class="rows">
        {changed.map((name) => (
          <li>
            <span>
              {SETTINGS[name].label}: {shown(name, values[name], say)}
            </span>
            <button type="submit" class="secondary" name="reset" value={name}>
              {say.reset(SETTINGS[name].label, shown(name, DEFAULT_SETTINGS[name], say))}
            </button>
          </li>
        ))}
      </ul>
    </form>
  );
}
