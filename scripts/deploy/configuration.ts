/** wrangler.toml as deploying reads it: what wrangler makes of it, and what of that is compared and needed. */
import { existsSync, readFileSync } from 'node:fs';
import { ConfigError } from '../../src/config/config-error.ts';
import { parseIssuer } from '../../src/config/issuer.ts';
import { Failure } from '../failure.ts';
import { FILE, findTable } from './toml-tables.ts';
import type { Script, Triggers } from './triggers.ts';

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
