/** The settings of a group as a form: those that a search leaves out keep their values. */
import type { Context } from 'hono';
import { etagOfText } from '../../http/api/if-match.ts';
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
import { HiddenFields } from '../../ui/fields.tsx';
import { textsOf } from '../../ui/locale.ts';
import { FormControl } from './forms/control.tsx';
import { writtenOf } from './forms/field-text.ts';
import { groupAddress, settingField, shown } from './setting-fields.tsx';

type Say = ReturnType<typeof textsOf<'consoleSettings'>>;

type Props = {
  c: Context<Web>;
  group: SettingGroup;
  /** The settings of the group that are shown. */
  names: readonly SettingName[];
  values: Settings;
  formToken: string;
  /** True on the page of all settings, which it then leads back to. */
  all?: boolean;
};

/** The values of a group, as its form compares them with those of the moment when it was read. */
const recordOf = (group: SettingGroup, values: Settings): Record<string, unknown> =>
  Object.fromEntries(settingsInGroup(group).map((name) => [name, values[name]]));

export function GroupForm({ c, group, names, values, formToken, all = false }: Props) {
  const action = groupAddress(group);
  const say = textsOf(c, 'consoleSettings');
  const common = textsOf(c, 'console');
  const resetForm = `reset-${group}`;
  const others = settingsInGroup(group).filter((name) => !names.includes(name));
  return (
    <>
      <form class="stack" method="post" action={action}>
        <HiddenFields formToken={formToken} />
        <input type="hidden" name="seen" value={etagOfText(JSON.stringify(recordOf(group, values)))} />
        {all && <input type="hidden" name="all" value="yes" />}
        {others.map((name) => {
          const text = writtenOf(settingField(name, say), values[name]);
          return text === undefined ? null : <input type="hidden" name={name} value={text} />;
        })}
        {names.map((name) => {
          const field = settingField(name, say);
          return (
            <div class="setting">
              <FormControl
                field={field}
                label={SETTINGS[name].label}
                value={writtenOf(field, values[name])}
                problem={undefined}
                say={common.form}
              />
              <Reset name={name} values={values} form={resetForm} say={say} />
            </div>
          );
        })}
        <div class="actions">
          <button type="submit">{say.saveGroup(SETTING_GROUPS[group])}</button>
        </div>
      </form>
      <form id={resetForm} method="post" action={action}>
        <HiddenFields formToken={formToken} />
        {all && <input type="hidden" name="all" value="yes" />}
      </form>
    </>
  );
}

/** A button of another form: a button of the same one would be what Enter presses. */
function Reset({ name, values, form, say }: { name: SettingName; values: Settings; form: string; say: Say }) {
  if (values[name] === DEFAULT_SETTINGS[name]) return null;
  return (
    <button type="submit" class="secondary" form={form} name="reset" value={name}>
      {say.reset(SETTINGS[name].label, shown(name, DEFAULT_SETTINGS[name], say))}
    </button>
  );
}
