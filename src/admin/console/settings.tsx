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
import { HiddenFields } from '../../ui/fields.tsx';
import { textsOf } from '../../ui/locale.ts';
import { changeSettings, resetToDefault } from '../operations/settings.ts';
import { SHARD } from '../records/shard.ts';
import { consolePage, type Operator, redirectDone } from './console-page.tsx';
import { formPage, type RecordForm } from './forms/form.tsx';
import { GROUPS, groupSchema, settingField, shown } from './setting-fields.tsx';

export const SETTINGS_PAGE = '/console/settings';
export const SETTING_GROUP = '/console/settings/:group';

const addressOf = (group: SettingGroup) => `${SETTINGS_PAGE}/${group}`;

export async function showSettings(c: Context<Web>, here: Operator) {
  const values = await readSettingsFromPrimary(c.get('deps').databases);
  const say = textsOf(c, 'consoleSettings');
  return consolePage(
    c,
    here,
    { title: say.title, section: 'settings' },
    <>
      <h1>{say.title}</h1>
      <p>{say.lead}</p>
      <p>
        <a href={SHARD.console.path}>Shards</a>
      </p>
      {GROUPS.map((group) => (
        <section aria-labelledby={group}>
          <h2 id={group}>{SETTING_GROUPS[group]}</h2>
          <Table
            caption={say.caption(SETTING_GROUPS[group])}
            columns={[say.setting, say.value, say.what]}
            rows={settingsInGroup(group).map((name) => [
              SETTINGS[name].label,
              <Value name={name} values={values} say={say} />,
              SETTINGS[name].help,
            ])}
          />
          {here.mayChange && (
            <p>
              <a href={addressOf(group)}>{say.change(SETTING_GROUPS[group])}</a>
            </p>
          )}
        </section>
      ))}
    </>,
  );
}

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
    return redirectDone(c, addressOf(group), 'setting-reset');
  }
  if (form.one('reset') !== undefined) throw new OAuthError('not_found', 'there is no such setting here.');
  return groupForm.send?.(c, here, form) ?? c.notFound();
}

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
