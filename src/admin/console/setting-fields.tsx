/** A setting as a field of a form: which kind it is is read off its schema, so a new setting needs nothing here. */
import { DEFAULT_SETTINGS, helpOf, type SettingName, Settings } from '../../protocol/settings.ts';
import { Checkbox, Field, Select, TextArea } from '../../web/fields.tsx';
import type { Parameters } from '../../web/parameters.ts';
import type { Words } from '../../words/index.ts';
import { kindOf } from './forms/fields.tsx';

type Say = Words['consoleSettings'];

/** Settings that belong together, in the order of the page. What is named nowhere stands in the last one. */
const GROUPS: Record<keyof Say['groups'], readonly SettingName[]> = {
  brand: ['brand_name', 'brand_logo', 'brand_colour', 'playground'],
  people: [
    ...(['sign_up', 'password_sign_in', 'session_idle_hours', 'session_days', 'sign_in_account_failures'] as const),
    ...(['sign_in_address_failures', 'sign_in_window_minutes', 'mail_from', 'mail_failures'] as const),
  ],
  consent: ['skip_authorization', 'code_seconds', 'code_replay_seconds'],
  tokens: [
    ...(['access_token_minutes', 'refresh_grace_seconds', 'refresh_idle_days', 'grant_days'] as const),
    ...(['record_client_tokens', 'secret_overlap_hours', 'dpop_nonce_required', 'dpop_proofs_once'] as const),
  ],
  clients: [
    ...(['enable_dynamic_client_registration', 'registration_needs_token', 'allowed_public_client_origins'] as const),
    ...(['require_pushed_authorization_requests', 'pushed_request_seconds'] as const),
  ],
  devices: ['device_code_minutes', 'device_poll_seconds', 'device_guess_failures'],
  resource: [
    ...(['show_auth_server_metadata', 'show_protected_resource_metadata', 'scopes_supported'] as const),
    ...(['resource_name', 'resource_documentation', 'resource_policy_uri', 'resource_tos_uri'] as const),
  ],
  other: [],
};

export type GroupName = keyof Say['groups'];
export type Group = { name: GroupName; settings: readonly SettingName[] };

const named = new Set(Object.values(GROUPS).flat());
const unnamed = (Object.keys(Settings.shape) as SettingName[]).filter((name) => !named.has(name));

export const SETTING_GROUPS: readonly Group[] = Object.entries(GROUPS).map(([name, settings]) => ({
  name: name as GroupName,
  settings: name === 'other' ? unnamed : settings,
}));

/** `access_token_minutes` as people read it: Access token minutes. */
export const labelOf = (name: SettingName): string => {
  const text = name
    .replaceAll('_', ' ')
    .replace(/\buri\b/, 'URI')
    .replace(/\bdpop\b/, 'DPoP');
  return text.charAt(0).toUpperCase() + text.slice(1);
};

/** A value as people read it. */
export function shown(value: unknown, say: Say): string {
  if (typeof value === 'boolean') return value ? say.on : say.off;
  return value === '' ? say.empty : String(value);
}

/** What the form says, judged by the schema that the Worker reads the setting with. */
export function readSetting(name: SettingName, form: Parameters, say: Say): { value: unknown } | { problem: string } {
  const kind = kindOf(Settings.shape[name]);
  const text = form.one(name) ?? '';
  const value =
    kind.is === 'toggle' ? text !== '' : kind.is === 'number' ? (text === '' ? undefined : Number(text)) : text;
  // A number that is left out is not its default here: somebody emptied the field.
  if (value !== undefined) {
    const result = Settings.shape[name].safeParse(value);
    if (result.success) return { value: result.data };
    if (kind.is === 'text') return { problem: say.problems[name] ?? result.error.issues[0]?.message ?? say.invalid };
  }
  return { problem: kind.is === 'number' ? say.between(kind.least, kind.most) : say.invalid };
}

export function SettingField(props: { name: SettingName; value: unknown; problem: string | undefined; say: Say }) {
  const { name, value, problem, say } = props;
  const kind = kindOf(Settings.shape[name]);
  const hint = (
    <>
      {helpOf(name)} {say.byDefault(shown(DEFAULT_SETTINGS[name], say))}
      {kind.is === 'number' && ` ${say.between(kind.least, kind.most)}`}
    </>
  );
  const field = { name, label: labelOf(name), hint, error: problem };
  const text = String(value ?? '');
  if (kind.is === 'toggle') return <Checkbox {...field} checked={value === true} />;
  if (kind.is === 'choice')
    return (
      <Select
        {...field}
        value={text}
        choices={kind.of.map((one) => ({ value: one, label: say.choices[one] ?? one }))}
      />
    );
  if (kind.is === 'lines') return <TextArea {...field} value={text} optional />;
  const type = kind.is === 'number' ? 'number' : 'text';
  return <Field {...field} type={type} autocomplete="off" value={text} optional />;
}
