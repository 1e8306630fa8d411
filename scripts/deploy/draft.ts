/** Changes of wrangler.toml: by the line, so that everything else in it stays as it is. */
import { readFileSync, writeFileSync } from 'node:fs';
import { Failure } from '../failure.ts';
import { type Configuration, REGIONS, resourceName, shardBinding } from './configuration.ts';
import { FILE, findTable, splice, tableOf } from './toml-tables.ts';

/** The file with changes that are not written yet: its text, what it then says, and each change as a sentence. */
export type Draft = { text: string; configuration: Configuration; says: string[] };

export function unchanged(configuration: Configuration): Draft {
  return { text: readFileSync(FILE, 'utf8'), configuration, says: [] };
}

export const write = ({ text }: Draft): void => writeFileSync(FILE, text);

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
