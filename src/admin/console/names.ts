/** The names behind the ids of a page: users, clients and resources, read in one round. */
import { builtInClient } from '../../authorization-server/clients/built-in-clients.ts';
import type { Deps } from '../../http/context.ts';
import { type ClientSummary, readNames, type UserSummary } from '../../storage/server/names.ts';

export type Names = {
  users: ReadonlyMap<string, UserSummary>;
  clients: ReadonlyMap<string, ClientSummary>;
  /** By their identifiers. */
  resources: ReadonlyMap<string, string>;
};

/** The ids that a page refers to. */
export class References {
  readonly users: Set<string>;
  readonly clients: Set<string>;

  constructor(users: readonly (string | null)[] = [], clients: readonly string[] = []) {
    this.users = new Set(users.filter((id): id is string => id !== null && id !== ''));
    this.clients = new Set(clients);
  }
}

/** Reads the names: nothing where the page refers to nothing, or where this isolate read them in the last 30 seconds. */
export async function namesFor(deps: Deps, references: References): Promise<Names> {
  const [found, registry, settings] = await Promise.all([
    readNames(deps.databases, references, deps.moment.now),
    deps.registry(),
    deps.settings(),
  ]);
  const builtIn = [...references.clients].flatMap((id) => builtInClient(id, deps.config, settings) ?? []);
  return {
    users: new Map(found.users.map((user) => [user.id, user])),
    clients: new Map([...builtIn, ...found.clients].map((client) => [client.id, client])),
    resources: new Map([
      [deps.config.issuer, settings.brand_name],
      ...[...registry].map(([id, { name }]) => [id, name] as const),
    ]),
  };
}
