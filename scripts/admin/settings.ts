/** settings list | get | set | reset */
import { parseSettingValue, SettingNameParameter } from '../../src/admin/request-schemas.ts';
import type { SettingName } from '../../src/protocol/settings.ts';
import { Failure } from '../failure.ts';
import { type Command, nothing, plain, record, table, validated } from './command.ts';

type Setting = { name: string; value: unknown; default: unknown; help: string };

export const SETTING_COMMANDS: readonly Command[] = [
  {
    name: 'settings list',
    takes: [],
    about: 'every setting, with its help',
    request: nothing,
    run: (api) => api('GET', '/settings'),
    show: ({ settings }: { settings: Setting[] }) =>
      table(
        settings.map((setting) => [setting.name, plain(setting.value) || '(empty)', setting.help]),
        'No settings.',
      ),
  },
  {
    name: 'settings get',
    takes: ['name'],
    about: 'one setting',
    request: ([name]) => validated(SettingNameParameter, name),
    run: (api, [name]) => api('GET', `/settings/${name}`),
    show: record,
  },
  {
    name: 'settings set',
    takes: ['name', 'value'],
    about: 'changes a setting; other isolates follow within 30 seconds',
    request: ([name, text = '']) => ({ value: parseValue(validated(SettingNameParameter, name), text) }),
    run: (api, [name], request) => api('PUT', `/settings/${name}`, request),
    show: ({ name, value }: Setting) => `${name} is now ${plain(value) || '(empty)'}. Everywhere within 30 seconds.`,
  },
  {
    name: 'settings reset',
    takes: ['name'],
    about: 'the default again',
    request: ([name]) => validated(SettingNameParameter, name),
    run: (api, [name]) => api('DELETE', `/settings/${name}`),
    show: () => 'It has its default again. Everywhere within 30 seconds.',
  },
];

/** Words of the command line as the setting's own type; `\n` stands for a new line. */
function parseValue(name: SettingName, text: string): unknown {
  const readings = [text.replaceAll('\\n', '\n'), ...(/^(true|false|\d+)$/.test(text) ? [JSON.parse(text)] : [])];
  const results = readings.map((reading) => parseSettingValue(name, reading));
  const fit = results.find((result) => result.success);
  if (fit) return fit.data;
  throw new Failure(`${name}: ${results.at(-1)?.error?.issues[0]?.message}.`);
}
