/** /console/settings/:group: the settings of a group, which are saved together; one of them gets its default again. */
import type { Context } from 'hono';
import type { Web } from '../../http/context.ts';
import type { Parameters } from '../../http/parameters.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { SETTING_GROUPS, type SettingGroup, settingsInGroup } from '../../protocol/settings.ts';
import { readSettingsFromPrimary } from '../../storage/server/settings.ts';
import { textsOf } from '../../ui/locale.ts';
import { changeSettings, resetToDefault, settingsPrecondition } from '../operations/settings.ts';
import { type ConsoleUser, consolePage, redirectDone } from './console-page.tsx';
import { formPage } from './forms/form.tsx';
import type { RecordForm } from './forms/record-form.ts';
import { GROUPS, groupAddress, groupSchema, SETTINGS_PAGE, settingField } from './setting-fields.tsx';
import { GroupForm } from './settings-in-place.tsx';

const groupForm = formPage(formOf);

export async function showGroup(c: Context<Web>, here: ConsoleUser) {
  const group = groupOf(c);
  const values = await readSettingsFromPrimary(c.get('deps').databases);
  const title = SETTING_GROUPS[group];
  return consolePage(
    c,
    here,
    { title, section: 'settings' },
    <>
      <h1>{title}</h1>
      <p>{textsOf(c, 'consoleSettings').follow}</p>
      <GroupForm c={c} group={group} names={settingsInGroup(group)} values={values} formToken={here.formToken} />
    </>,
  );
}

/** Saves the group, or resets one of its settings. */
export async function changeGroup(c: Context<Web>, here: ConsoleUser, form: Parameters) {
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
  form.one('all') === undefined ? groupAddress(group) : SETTINGS_PAGE;

/** @throws OAuthError not_found */
function groupOf(c: Context<Web>): SettingGroup {
  const group = GROUPS.find((name) => name === c.req.param('group'));
  if (!group) throw new OAuthError('not_found', 'there is no such group of settings.');
  return group;
}

async function formOf(c: Context<Web>, here: ConsoleUser) {
  const group = groupOf(c);
  const say = textsOf(c, 'consoleSettings');
  const names = settingsInGroup(group);
  const deps = c.get('deps');
  // In this order: what changes between the two reads fails the one or the other.
  const precondition = await settingsPrecondition(deps, names);
  const values = await readSettingsFromPrimary(deps.databases);
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
    precondition,
    async send(value) {
      const changes = Object.entries(value).filter(([name, one]) => one !== record[name]);
      await changeSettings(c.get('deps'), here.actor, Object.fromEntries(changes));
      return redirectDone(c, groupAddress(group), 'settings');
    },
  } satisfies RecordForm<typeof schema>;
}
