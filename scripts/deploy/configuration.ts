/** wrangler.toml as deploying reads and changes it: by the line, so that everything else in it stays as it is. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { ConfigError } from '../../src/config/config-error.ts';
import { parseIssuer } from '../../src/config/issuer.ts';
import { Failure } from '../failure.ts';
import type { Script, Triggers } from './cloudflare.ts';

const FILE = 'wrangler.toml';

/** The regions that D1 has hints for, and that a shard may be named after (ARCHITECTURE §2). */
export const REGIONS = ['wnam', 'enam', 'weur', 'eeur', 'apac', 'oc'];

/** `name` follows the Worker's name where wrangler.toml has none. */
export type DatabaseBinding = { binding: string; name: string; location: string | undefined; id: string | undefined };

export type Configuration = {
  name: string;
  /** The environment of wrangler.toml ([env.NAME]) that this is, or undefined for its top level. */
  environment: string | undefined;
  accountId: string | undefined;
  /** Undefined while it is what `npm start` uses: then the address at workers.dev becomes it. */
  issuer: string | undefined;
  signWith: string[];
  sealWith: string;
  databases: DatabaseBinding[];
  /** Bindings; those with an id need no finding. */
  namespaces: { binding: string; id: string | undefined }[];
  ceilings: number;
  /** Variables, as the Worker gets them. */
  vars: Record<string, string>;
  /** Variables that are no text, as JSON. */
  json: Record<string, string>;
  /** Every binding but variables, by name, in the terms of Cloudflare's API. */
  bindings: Record<string, { type: string; [field: string]: unknown }>;
  compatibilityDate: string | undefined;
  compatibilityFlags: string[];
  triggers: Triggers;
  /** Settings beside the versions. */
  script: Script;
  /** True where the environment would inherit the routes of the top level, which belong to another server. */
  inheritsRoutes: boolean;
};

/**
 * Reads what wrangler reads.
 * @throws Failure where there is no such file or environment, or it lacks what deploying needs.
 */
export async function readConfiguration(environment: string | undefined): Promise<Configuration> {
  if (!existsSync(FILE)) throw new Failure(`There is no ${FILE} here: run this in the folder of the project.`);
  const { config, bindings } = await read(environment);
  const { name = 'postern', account_id, d1_databases, kv_namespaces, ratelimits, vars } = config;
  if (environment && !config.definedEnvironments?.includes(environment)) throw noEnvironment(environment);
  const issuer = String(vars.ISSUER ?? '');
  return {
    name,
    environment,
    accountId: process.env.CLOUDFLARE_ACCOUNT_ID || account_id,
    issuer: issuer.startsWith('https:') ? checkIssuer(issuer) : undefined,
    signWith: String(vars.SIGN_WITH ?? '').split(','),
    sealWith: String(vars.SEAL_WITH ?? ''),
    databases: d1_databases.map(({ binding, database_name = resourceName(name, binding), database_id }) => ({
      binding,
      name: database_name,
      location: REGIONS.find((region) => binding === shardBinding(region)),
      id: database_id,
    })),
    namespaces: kv_namespaces.map(({ binding, id }) => ({ binding, id })),
    ceilings: ratelimits?.length ?? 0,
    vars: Object.fromEntries(Object.entries(vars).flatMap(([key, value]) => (isText(value) ? [[key, value]] : []))),
    json: Object.fromEntries(
      Object.entries(vars).flatMap(([key, value]) => (isText(value) ? [] : [[key, JSON.stringify(value)]])),
    ),
    bindings,
    compatibilityDate: config.compatibility_date,
    compatibilityFlags: config.compatibility_flags,
    triggers: readTriggers(config),
    script: readScript(config),
    inheritsRoutes: environment !== undefined && !hasOwnRoutes(readFileSync(FILE, 'utf8'), environment),
  };
}

function hasOwnRoutes(text: string, environment: string): boolean {
  const table = findTable(text, `[env.${environment}]`);
  const own = table ? text.slice(table.start, table.end) : '';
  return /^routes? *=/m.test(own) || text.includes(`\n[[env.${environment}.routes]]`);
}

/** The name that wrangler gives a database or namespace that has none in wrangler.toml. */
export const resourceName = (worker: string, binding: string): string =>
  `${worker}-${binding.toLowerCase().replaceAll('_', '-')}`;

function readTriggers({ routes = [], route, triggers, workers_dev }: Read): Triggers {
  const all = [...routes, ...(route ? [route] : [])].map((each) =>
    typeof each === 'string' ? { pattern: each } : each,
  );
  return {
    domains: all.filter(({ custom_domain }) => custom_domain).map(({ pattern }) => pattern),
    routes: all.filter(({ custom_domain }) => !custom_domain).map(({ pattern }) => pattern),
    crons: triggers.crons ?? [],
    workersDev: workers_dev ?? all.length === 0,
  };
}

const isText = (value: unknown): value is string => typeof value === 'string';

function readScript({ observability, limits, placement, logpush, tail_consumers }: Read): Script {
  return {
    ...(observability && { observability }),
    ...(limits && { limits }),
    ...(placement?.mode && { placement_mode: placement.mode }),
    ...(logpush !== undefined && { logpush }),
    ...(tail_consumers && { tail_consumers }),
  };
}

const noEnvironment = (name: string) =>
  new Failure(`${FILE} has no [env.${name}]: docs/how-to/install-and-deploy.md shows one.`);

type Route = string | { pattern: string; custom_domain?: boolean };

/** The part of wrangler's configuration that is read. */
type Read = {
  name: string | undefined;
  definedEnvironments: string[] | undefined;
  account_id: string | undefined;
  vars: Record<string, unknown>;
  d1_databases: { binding: string; database_name?: string; database_id?: string }[];
  kv_namespaces: { binding: string; id?: string }[];
  ratelimits: unknown[] | undefined;
  triggers: { crons: string[] | undefined };
  routes?: Route[];
  route?: Route;
  workers_dev: boolean | undefined;
  compatibility_date: string | undefined;
  compatibility_flags: string[];
  observability: Record<string, unknown> | undefined;
  limits: Record<string, unknown> | undefined;
  placement: { mode?: string } | undefined;
  logpush: boolean | undefined;
  tail_consumers: { service: string }[] | undefined;
};

async function read(environment: string | undefined): Promise<{ config: Read; bindings: Configuration['bindings'] }> {
  // Loaded here, since it is large: what is wrong with the options is said before.
  const { unstable_readConfig, unstable_convertConfigBindingsToStartWorkerBindings } = await import('wrangler');
  try {
    const config = unstable_readConfig({ config: FILE, env: environment }, { hideWarnings: true });
    const bindings = Object.entries(
      (unstable_convertConfigBindingsToStartWorkerBindings(config) ?? {}) as Configuration['bindings'],
    );
    return {
      config: config as unknown as Read,
      bindings: Object.fromEntries(bindings.filter(([, { type }]) => type !== 'plain_text' && type !== 'json')),
    };
  } catch (error) {
    const { message } = error as Error;
    if (environment && message.includes('No environment found')) throw noEnvironment(environment);
    throw new Failure(`${FILE} cannot be read: ${message}`);
  }
}

/** @throws Failure for what cannot be the issuer of a deployed server. */
export function checkIssuer(text: string): string {
  try {
    if (!parseIssuer(text).isLoopback) return text;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
  }
  throw new Failure(`The issuer must be an origin without a path, such as https://id.example.com, not ${text}.`);
}

export const shardBinding = (region: string): string => `SHARD_${region.toUpperCase()}`;

/** The file with changes that are not written yet: its text, what it then says, and each change as a sentence. */
export type Draft = { text: string; configuration: Configuration; says: string[] };

export function unchanged(configuration: Configuration): Draft {
  return { text: readFileSync(FILE, 'utf8'), configuration, says: [] };
}

export const write = ({ text }: Draft): void => writeFileSync(FILE, text);

/** The name of a table of the environment: `vars`, or `env.staging.vars`. */
const tableOf = ({ environment }: Configuration, name: string): string =>
  environment ? `env.${environment}.${name}` : name;

/** A table of the file: its header, and the lines below it up to the next table. Undefined where it is not there. */
function findTable(text: string, header: string): { start: number; end: number } | undefined {
  const escaped = header.replaceAll(/[.[\]]/g, '\\$&');
  const found = new RegExp(`^${escaped}[ \\t]*(?:#.*)?\\n(?:(?!\\[).*\\n)*`, 'm').exec(text);
  return found ? { start: found.index, end: found.index + found[0].trimEnd().length + 1 } : undefined;
}

const splice = (text: string, at: number, added: string): string => text.slice(0, at) + added + text.slice(at);

/** Sets a variable that has a line already. @throws Failure where it has none. */
function setVariable({ text, configuration, says }: Draft, name: string, value: string): Draft {
  const header = tableOf(configuration, 'vars');
  const table = findTable(text, `[${header}]`);
  const lines = table && text.slice(table.start, table.end);
  const line = new RegExp(`^${name} = ".*"$`, 'm');
  if (!table || !lines || !line.test(lines))
    throw new Failure(`${FILE} has no line ${name} = "…" under [${header}]: add one.`);
  const set = text.slice(0, table.start) + lines.replace(line, `${name} = "${value}"`) + text.slice(table.end);
  const vars = { ...configuration.vars, [name]: value };
  const sentences = set === text ? says : [...says, `${name} is ${value}`];
  return { text: set, configuration: { ...configuration, vars }, says: sentences };
}

/** The slot of the root secret that seals. */
export function withSealWith(draft: Draft, slot: string): Draft {
  const set = setVariable(draft, 'SEAL_WITH', slot);
  return { ...set, configuration: { ...set.configuration, sealWith: slot } };
}

/** The issuer, and the domain that leads to it. @throws Failure where there are routes that lead to another host. */
export function withIssuer(draft: Draft, issuer: string): Draft {
  const set = setVariable(draft, 'ISSUER', issuer);
  return withRoute({ ...set, configuration: { ...set.configuration, issuer } }, new URL(issuer).hostname);
}

function withRoute(draft: Draft, hostname: string): Draft {
  const { text, configuration, says } = draft;
  const { domains, routes } = configuration.triggers;
  if (configuration.inheritsRoutes && domains.length + routes.length > 0) {
    // Left out, they would be taken from the server that has them.
    const triggers = { ...configuration.triggers, domains: [], routes: [], workersDev: true };
    const without = { ...configuration, triggers, inheritsRoutes: false };
    if (!hostname.endsWith('.workers.dev')) return withRoute({ text, configuration: without, says }, hostname);
    const set = withLineOfEnvironment(text, configuration, 'routes = []\n');
    return { text: set, configuration: without, says: [...says, 'the routes of the top level do not lead to it'] };
  }
  if (hostname.endsWith('.workers.dev')) return draft;
  const isHere = (pattern: string) => pattern.split('/')[0] === hostname;
  if (domains.includes(hostname) || routes.some(isHere)) return draft;
  if (domains.length + routes.length > 0) {
    throw new Failure(`The routes in ${FILE} do not lead to ${hostname}: change them, then deploy again.`);
  }
  // A domain of its own replaces the address at workers.dev: there is one issuer, at one address.
  const route = `# The domain that leads here.\nroutes = [{ pattern = "${hostname}", custom_domain = true }]\n`;
  const triggers = { ...configuration.triggers, domains: [hostname], workersDev: false };
  return {
    text: withLineOfEnvironment(text, configuration, route),
    configuration: { ...configuration, triggers },
    says: [...says, `the domain ${hostname} leads to it`],
  };
}

/** Adds a key that belongs to the environment itself: above every table, or below the header [env.NAME]. */
function withLineOfEnvironment(text: string, { environment }: Configuration, line: string): string {
  if (!environment) return text.replace(/^(?=(?:#[^\n]*\n)*\[)/m, () => `${line}\n`);
  const header = `[env.${environment}]`;
  const table = findTable(text, header);
  if (table) return splice(text, text.indexOf('\n', table.start) + 1, line);
  const first = text.search(new RegExp(`^\\[+env\\.${environment}\\.`, 'm'));
  return splice(text, first, `${header}\n${line}\n`);
}

/** A database in each of these regions, where there is none yet. @throws Failure for a region that there is not. */
export function withShards({ text, configuration, says }: Draft, regions: string[]): Draft {
  const wrong = regions.find((region) => !REGIONS.includes(region));
  if (wrong !== undefined) throw new Failure(`--shards takes regions of ${REGIONS.join(', ')}, not "${wrong}".`);
  const bound = configuration.databases.map(({ binding }) => binding);
  const added = [...new Set(regions)]
    .filter((region) => !bound.includes(shardBinding(region)))
    .map((location) => {
      const binding = shardBinding(location);
      return { binding, name: resourceName(configuration.name, binding), location, id: undefined };
    });
  const header = tableOf(configuration, 'd1_databases');
  const blocks = added.map(
    ({ binding }) => `
[[${header}]]
binding = "${binding}"
migrations_dir = "drizzle"
`,
  );
  const tables = new RegExp(`^\\[\\[${header.replaceAll('.', '\\.')}\\]\\]\\n(?:[^\\n[]+\\n)*`, 'gm');
  const last = [...text.matchAll(tables)].at(-1);
  if (!last) throw new Failure(`${FILE} has no [[${header}]]: bind one as DB.`);
  const bindings = Object.fromEntries(added.map(({ binding }) => [binding, { type: 'd1' }]));
  return {
    text: splice(text, last.index + last[0].length, blocks.join('')),
    configuration: {
      ...configuration,
      databases: [...configuration.databases, ...added],
      bindings: { ...configuration.bindings, ...bindings },
    },
    says: [...says, ...added.map(({ binding }) => `${binding} is bound`)],
  };
}

/** The namespace with this id, for a binding that has none. */
export function withNamespace({ text, configuration, says }: Draft, binding: string, id: string): Draft {
  const namespaces = configuration.namespaces.map((each) => (each.binding === binding ? { binding, id } : each));
  const line = `[[${tableOf(configuration, 'kv_namespaces')}]]\nbinding = "${binding}"\n`;
  return {
    text: text.replace(line, () => `${line}id = "${id}"\n`),
    configuration: { ...configuration, namespaces },
    says: [...says, `${binding} is the namespace ${id}`],
  };
}
