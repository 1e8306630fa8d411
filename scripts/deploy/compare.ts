/**
 * Compares what runs with what is about to replace it: each difference as a sentence, and whether it loses something.
 */
import type { Configuration } from './configuration.ts';
import type { Script, Triggers } from './triggers.ts';
import type { Binding, Version } from './versions.ts';

/** Losses are removals and steps back: they need the consent of who deploys. The rest is only said. */
export type Difference = { losses: string[]; changes: string[] };

export type Running = {
  versions: Version[];
  /** The triggers of the Worker, or the reason why they could not be read. */
  triggers: (Triggers & { script: Script }) | { unread: string };
  /** The ids of the account's databases, by name. */
  databases: Map<string, string>;
};

/** The changes that an option of their own permits: of the address, and of the root secret. */
export type Permitted = { issuer: boolean; sealWith: boolean };

const NONE: Difference = { losses: [], changes: [] };

const joined = (differences: Difference[]): Difference => ({
  losses: [...new Set(differences.flatMap(({ losses }) => losses))],
  changes: [...new Set(differences.flatMap(({ changes }) => changes))],
});

export function compare(
  { versions, triggers, databases }: Running,
  next: Configuration,
  permitted: Permitted,
): Difference {
  if (versions.length === 0) return NONE;
  return joined([
    compareRollout(versions),
    ...versions.flatMap((version) => [
      comparePurpose(version, next),
      compareVars(version, next, permitted),
      compareJson(version, next),
      compareBindings(version, next, databases),
      compareRuntime(version, next),
    ]),
    'unread' in triggers
      ? loss(`routes, crons, logs and limits could not be compared: ${triggers.unread}`)
      : joined([compareTriggers(triggers, next), compareScript(triggers.script, next.script)]),
  ]);
}

const loss = (...losses: string[]): Difference => ({ losses, changes: [] });
const change = (...changes: string[]): Difference => ({ losses: [], changes });

function compareRollout(versions: Version[]): Difference {
  if (versions.length < 2) return NONE;
  const shares = versions.map(({ id, percentage }) => `${id} ${percentage} %`).join(', ');
  return loss(`a gradual deployment is under way (${shares}): this one takes all requests from it`);
}

/** True for a version of this server: it has an issuer, or the root secret of an interrupted deployment. */
export const isPostern = ({ vars, secrets }: Version): boolean =>
  vars.ISSUER !== undefined || secrets.some((name) => name.startsWith('ROOT_SECRET_'));

function comparePurpose(version: Version, { name }: Configuration): Difference {
  return isPostern(version) ? NONE : loss(`the Worker ${name} is another program, not Postern: its code is replaced`);
}

function compareVars({ vars }: Version, next: Configuration, permitted: Permitted): Difference {
  const differences = Object.entries(vars).map(([name, runs]) => {
    const value = next.vars[name];
    if (value === runs) return NONE;
    if (value === undefined) return loss(`the variable ${name} = "${runs}" is removed`);
    const goes = `${name} goes from "${runs}" to "${value}"`;
    if (name === 'ISSUER') return permitted.issuer || !runs.startsWith('https:') ? change(goes) : loss(goes);
    if (name === 'SEAL_WITH' && (permitted.sealWith || Number(value) > Number(runs))) return change(goes);
    if (name === 'SIGN_WITH' && isPromotion(runs.split(','), value.split(','))) return change(goes);
    return loss(goes);
  });
  return joined(differences);
}

function compareJson({ json }: Version, next: Configuration): Difference {
  const differing = Object.entries(json).filter(([name, runs]) => next.json[name] !== runs);
  return loss(
    ...differing.map(([name, runs]) =>
      next.json[name] === undefined
        ? `the variable ${name} = ${runs} is removed`
        : `${name} goes from ${runs} to ${next.json[name]}`,
    ),
  );
}

/** True where slots were only added, or replaced lower ones, as by `npm run keys -- promote`. */
function isPromotion(before: string[], after: string[]): boolean {
  const dropped = before.filter((slot) => !after.includes(slot)).map(Number);
  const added = after.filter((slot) => !before.includes(slot)).map(Number);
  return added.length > 0 && dropped.length <= added.length && Math.min(...added) > Math.max(0, ...dropped);
}

function compareBindings({ bindings }: Version, next: Configuration, databases: Map<string, string>): Difference {
  return joined(bindings.map((binding) => compareBinding(binding, next, databases)));
}

/** Members that Cloudflare adds to a binding: its own ids, and defaults. */
const OWN_FIELDS = ['name', 'type', 'id', 'database_id', 'namespace_id', 'environment', 'part'];

function compareBinding(binding: Binding, next: Configuration, databases: Map<string, string>): Difference {
  const { name, type } = binding;
  const planned = next.bindings[name];
  if (planned?.type !== type) return loss(`the binding ${name} (${type}) is removed`);
  if (type === 'd1') return compareDatabase(binding, next, databases);
  const changed = Object.entries(planned).filter(
    ([field, value]) =>
      field in binding && value !== undefined && JSON.stringify(value) !== JSON.stringify(binding[field]),
  );
  const removed = Object.entries(binding).filter(
    ([field, value]) => !OWN_FIELDS.includes(field) && planned[field] === undefined && !isEmpty(value),
  );
  // A rate limit is a number that is changed as such; any other field names what the binding leads to.
  const sentences = changed.map(
    ([field, value]) => `${field} of ${name} goes from ${JSON.stringify(binding[field])} to ${JSON.stringify(value)}`,
  );
  if (type === 'kv_namespace' && planned.id !== undefined && planned.id !== binding.namespace_id) {
    return loss(`${name} goes from the namespace ${binding.namespace_id} to ${planned.id}`);
  }
  const gone = removed.map(([field, value]) => `${field} of ${name} = ${JSON.stringify(value)} is removed`);
  return joined([type === 'ratelimit' ? change(...sentences) : loss(...sentences), loss(...gone)]);
}

function compareDatabase(binding: Binding, next: Configuration, databases: Map<string, string>): Difference {
  const runs = binding.id ?? binding.database_id;
  const database = next.databases.find((each) => each.binding === binding.name);
  const id = database?.id ?? databases.get(database?.name ?? '');
  if (id === runs) return NONE;
  return loss(`${binding.name} goes from the database ${runs} to ${database?.name} (${id ?? 'a new one'})`);
}

function compareRuntime({ compatibilityDate, compatibilityFlags }: Version, next: Configuration): Difference {
  const missing = compatibilityFlags.filter((flag) => !next.compatibilityFlags.includes(flag));
  const removed = loss(...missing.map((flag) => `the compatibility flag ${flag} is removed`));
  if (!compatibilityDate || compatibilityDate === next.compatibilityDate) return removed;
  const goes = `compatibility_date goes from ${compatibilityDate} to ${next.compatibilityDate}`;
  return joined([removed, (next.compatibilityDate ?? '') > compatibilityDate ? change(goes) : loss(goes)]);
}

function compareTriggers(runs: Triggers, next: Configuration): Difference {
  const without = (kind: string, before: string[], after: string[]) =>
    before.filter((each) => !after.includes(each)).map((each) => `the ${kind} ${each} is removed`);
  return loss(
    ...without('domain', runs.domains, next.triggers.domains),
    ...without('route', runs.routes, next.triggers.routes),
    ...without('cron', runs.crons, next.triggers.crons),
    ...(runs.workersDev && !next.triggers.workersDev ? ['the address at workers.dev is switched off'] : []),
  );
}

/** Nothing was said: null, false, and what has no entries. */
const isEmpty = (value: unknown): boolean => !value || (typeof value === 'object' && Object.keys(value).length === 0);

/** The settings of a Worker beside its versions, each with its value, where Cloudflare completes what was not said. */
function settingsOf(script: Script): Map<string, unknown> {
  const { observability = {}, limits = {}, placement_mode, logpush = false } = script;
  const enabled = observability.enabled === true;
  const settings = new Map<string, unknown>([
    ['observability.enabled', enabled],
    ['observability.head_sampling_rate', 1],
    ['observability.redact_query_string', false],
    ['observability.logs.enabled', enabled],
    ['observability.logs.head_sampling_rate', 1],
    ['observability.logs.invocation_logs', true],
    ['observability.logs.persist', true],
    ['observability.traces.enabled', false],
    ['observability.traces.head_sampling_rate', 1],
    ['observability.traces.persist', true],
    ['logpush', logpush],
  ]);
  const given = { observability, limits, ...(placement_mode && { placement: { mode: placement_mode } }) };
  for (const [name, value] of leavesOf(given)) settings.set(name, value);
  return settings;
}

function leavesOf(fields: object, above = ''): [string, unknown][] {
  return Object.entries(fields).flatMap(([name, value]): [string, unknown][] => {
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return leavesOf(value, `${above}${name}.`);
    return value === undefined || value === null || JSON.stringify(value) === '[]' ? [] : [[above + name, value]];
  });
}

function compareScript(runs: Script, next: Script): Difference {
  const [before, after] = [settingsOf(runs), settingsOf(next)];
  const defaults = settingsOf({ observability: { enabled: runs.observability?.enabled } });
  defaults.set('observability.enabled', false);
  const asJson = (value: unknown) => JSON.stringify(value);
  const differences = [...new Set([...before.keys(), ...after.keys()])].map((name) => {
    const [old, value] = [before.get(name), after.get(name)];
    if (asJson(old) === asJson(value)) return NONE;
    if (old === undefined) return change(`${name} = ${asJson(value)} is added`);
    if (value === undefined) return loss(`${name} = ${asJson(old)} is removed`);
    const goes = `${name} goes from ${asJson(old)} to ${asJson(value)}`;
    return asJson(old) === asJson(defaults.get(name)) ? change(goes) : loss(goes);
  });
  const kept = (next.tail_consumers ?? []).map(({ service }) => service);
  const consumers = (runs.tail_consumers ?? []).filter(({ service }) => !kept.includes(service));
  return joined([...differences, loss(...consumers.map(({ service }) => `the tail consumer ${service} is removed`))]);
}
