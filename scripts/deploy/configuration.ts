/** wrangler.toml as deploying reads and changes it: by the line, so that whatever else stands there stays as it is. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { ConfigError, parseIssuer } from '../../src/config.ts';
import { Failure } from '../failure.ts';

const FILE = 'wrangler.toml';

/** The regions that D1 has hints for, and that a shard may be named after (DESIGN §2). */
export const REGIONS = ['wnam', 'enam', 'weur', 'eeur', 'apac', 'oc'];

export type Database = { binding: string; name: string; location: string | undefined; isNamedById: boolean };

export type Configuration = {
  name: string;
  accountId: string | undefined;
  /** Undefined while it is what `npm start` uses: then the address at workers.dev becomes it. */
  issuer: string | undefined;
  signWith: string[];
  sealWith: string;
  databases: Database[];
  /** Bindings; those with an id need no finding. */
  namespaces: { binding: string; id: string | undefined }[];
  ceilings: number;
  crons: number;
};

/** What wrangler itself reads there. @throws Failure where there is no such file, or it lacks what deploying needs. */
export async function readConfiguration(): Promise<Configuration> {
  if (!existsSync(FILE)) throw new Failure(`There is no ${FILE} here: run this in the folder of the project.`);
  const { name, account_id, vars, d1_databases, kv_namespaces, ratelimits, triggers } = await read();
  const issuer = String(vars.ISSUER ?? '');
  return {
    name: name ?? 'postern',
    accountId: process.env.CLOUDFLARE_ACCOUNT_ID ?? account_id,
    issuer: issuer.startsWith('https:') ? checkIssuer(issuer) : undefined,
    signWith: String(vars.SIGN_WITH ?? '').split(','),
    sealWith: String(vars.SEAL_WITH ?? ''),
    databases: d1_databases.map(({ binding, database_name = `${name}-${binding.toLowerCase()}`, database_id }) => ({
      binding,
      name: database_name,
      location: REGIONS.find((region) => binding === shardBinding(region)),
      isNamedById: database_id !== undefined,
    })),
    namespaces: kv_namespaces.map(({ binding, id }) => ({ binding, id })),
    ceilings: ratelimits?.length ?? 0,
    crons: triggers.crons?.length ?? 0,
  };
}

/** What wrangler gives, as far as it matters here. */
type Read = {
  name: string | undefined;
  account_id: string | undefined;
  vars: Record<string, unknown>;
  d1_databases: { binding: string; database_name?: string; database_id?: string }[];
  kv_namespaces: { binding: string; id?: string }[];
  ratelimits: unknown[] | undefined;
  triggers: { crons: string[] | undefined };
};

async function read(): Promise<Read> {
  // Loaded here, since it is large: what is wrong with the words is said before.
  const { unstable_readConfig } = await import('wrangler');
  try {
    return unstable_readConfig({ config: FILE }, { hideWarnings: true }) as unknown as Read;
  } catch (error) {
    throw new Failure(`${FILE} cannot be read: ${(error as Error).message}`);
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

/** The issuer, and the domain that leads to it. @throws Failure where routes stand there that lead elsewhere. */
export function withIssuer({ text, configuration, says }: Draft, issuer: string): Draft {
  const line = /^ISSUER = ".*"$/m;
  if (!line.test(text)) throw new Failure(`${FILE} has no line ISSUER = "…" under [vars]: add one.`);
  const set = text.replace(line, `ISSUER = "${issuer}"`);
  const draft = {
    text: set,
    configuration: { ...configuration, issuer },
    says: set === text ? says : [...says, `ISSUER is ${issuer}`],
  };
  return withRoute(draft, new URL(issuer).hostname);
}

function withRoute(draft: Draft, hostname: string): Draft {
  if (hostname.endsWith('.workers.dev')) return draft;
  const { text, says } = draft;
  const routes = /^routes? *=.*(?:\n[^\n[]+)*/m.exec(text)?.[0] ?? /^\[\[routes\]\](?:\n.+)*/m.exec(text)?.[0];
  if (routes?.includes(hostname)) return draft;
  if (routes) throw new Failure(`The routes in ${FILE} do not lead to ${hostname}: change them, then deploy again.`);
  // A domain of its own replaces the address at workers.dev: there is one issuer, at one address.
  const route = `# The domain that leads here.\nroutes = [{ pattern = "${hostname}", custom_domain = true }]\n\n`;
  return {
    ...draft,
    text: text.replace(/^(?=(?:#[^\n]*\n)*\[)/m, route),
    says: [...says, `the domain ${hostname} leads to it`],
  };
}

/** A database in each of these regions, where there is none yet. @throws Failure for a region that there is not. */
export function withShards({ text, configuration, says }: Draft, regions: string[]): Draft {
  const wrong = regions.find((region) => !REGIONS.includes(region));
  if (wrong !== undefined) throw new Failure(`--shards takes regions of ${REGIONS.join(', ')}, not "${wrong}".`);
  const bound = configuration.databases.map(({ binding }) => binding);
  const added = [...new Set(regions)]
    .filter((region) => !bound.includes(shardBinding(region)))
    .map((location) => ({ binding: shardBinding(location), name: `${configuration.name}-${location}`, location }));
  const blocks = added.map(
    ({ binding, name }) => `
[[d1_databases]]
binding = "${binding}"
database_name = "${name}"
migrations_dir = "drizzle"
`,
  );
  const last = [...text.matchAll(/^\[\[d1_databases\]\]\n(?:[^\n[]+\n)*/gm)].at(-1);
  if (!last) throw new Failure(`${FILE} has no [[d1_databases]]: bind one as DB.`);
  const end = last.index + last[0].length;
  const databases = [...configuration.databases, ...added.map((each) => ({ ...each, isNamedById: false }))];
  return {
    text: text.slice(0, end) + blocks.join('') + text.slice(end),
    configuration: { ...configuration, databases },
    says: [...says, ...added.map(({ binding }) => `${binding} is bound`)],
  };
}

/** The namespace with this id, for a binding that has none. */
export function withNamespace({ text, configuration, says }: Draft, binding: string, id: string): Draft {
  const namespaces = configuration.namespaces.map((each) => (each.binding === binding ? { binding, id } : each));
  return {
    text: text.replace(`\nbinding = "${binding}"\n`, (line) => `${line}id = "${id}"\n`),
    configuration: { ...configuration, namespaces },
    says: [...says, `${binding} is the namespace ${id}`],
  };
}
