/** Settings and scopes of a Frappe site, as settings of this server. */
import { parseSettingValue } from '../../../src/admin/records/setting.ts';
import { SERVER_SCOPES } from '../../../src/protocol/scope.ts';
import { DEFAULT_SETTINGS, type SettingName } from '../../../src/protocol/settings.ts';
import type { Api } from '../command.ts';
import type { ImportPlan } from './plan.ts';
import { explain, type Outcome } from './refusals.ts';

type Setting = { name: string; value: unknown };

/** A setting that has another value than its default stays; scopes and iterations are added to. */
export async function sendSettings(api: Api, plan: ImportPlan, dry: boolean): Promise<Outcome[]> {
  const { settings } = await api<{ settings: Setting[] }>('GET', '/settings');
  const now = new Map(settings.map(({ name, value }) => [name, value]));
  const wanted = new Map(plan.settings);
  const iterations = Number(now.get('imported_password_iterations'));
  const outcomes: Outcome[] = [];
  const put = async (name: SettingName, value: unknown) => {
    const parsed = parseSettingValue(name, value);
    if (!parsed.success) {
      outcomes.push({ source_name: name, outcome: 'refused', reason: parsed.error.issues[0]?.message ?? '' });
      return;
    }
    if (!dry) await api('PUT', `/settings/${name}`, { value }).catch(explain);
    outcomes.push({ source_name: name, outcome: 'imported' });
  };
  if (plan.iterations > iterations) await put('imported_password_iterations', plan.iterations);
  const scopes = withScopes(String(now.get('scopes_supported')), plan.scopes);
  if (scopes !== now.get('scopes_supported')) await put('scopes_supported', scopes);
  for (const [name, value] of wanted) {
    if (now.get(name) === value) continue;
    const isDefault = now.get(name) === DEFAULT_SETTINGS[name];
    if (isDefault) await put(name, value);
    else outcomes.push({ source_name: name, outcome: 'exists', reason: 'it has another value here, which stays' });
  }
  return outcomes;
}

/** The setting with a line for each scope that it lacks. */
function withScopes(lines: string, scopes: readonly string[]): string {
  const known = [
    ...lines.split('\n').map((line) => line.trim().split(/\s/, 1)[0]),
    ...SERVER_SCOPES.map(({ name }) => name),
  ];
  const missing = scopes.filter((scope) => scope !== '' && !known.includes(scope));
  return [...lines.split('\n').filter((line) => line.trim() !== ''), ...missing].join('\n');
}
