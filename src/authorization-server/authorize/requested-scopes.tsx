/** The requested scopes and resources as the consent pages show them, and those that the user selects. */
import type { Deps } from '../../http/context.ts';
import type { Texts } from '../../locales/index.ts';
import type { ResourceRegistry } from '../../protocol/resource.ts';
import { describeScope, type Scope } from '../../protocol/scope.ts';
import type { Grant } from '../../storage/grants/grants.ts';
import type { Client } from '../clients/client.ts';
import { ClientName } from '../clients/client-name.tsx';
import { scopesOfResources } from '../resources.ts';
import type { ConsentTexts } from './requesting-client.tsx';

type RequestedScopesAndResources = { scopes: string[]; resources: string[] };

type ScopeTextDeps = Pick<Deps, 'config' | 'settings' | 'registry' | 'latestRegistry'>;

/** The scopes with their texts. Scopes unknown to the cached registry are read from the primary. */
export async function describeScopes(
  deps: ScopeTextDeps,
  { scopes, resources }: RequestedScopesAndResources,
): Promise<Scope[]> {
  const settings = await deps.settings();
  const describe = (registry: ResourceRegistry) => {
    const known = scopesOfResources(resources, { issuer: deps.config.issuer, registry, settings });
    return scopes.flatMap((name) => known.filter((scope) => scope.name === name));
  };
  const described = describe(await deps.registry());
  return described.length === scopes.length ? described : describe(await deps.latestRegistry());
}

/** The names of the registered resources. */
export async function resourceNames(deps: Pick<Deps, 'registry'>, resources: string[]): Promise<string[]> {
  const registry = await deps.registry();
  return resources.flatMap((resource) => registry.get(resource)?.name ?? []);
}

export function RequestedResources({ names, texts }: ConsentTexts & { names: string[] }) {
  if (names.length === 0) return null;
  return <p>{texts.resources(<strong>{names.join(', ')}</strong>)}</p>;
}

type RequestedScopesProps = ConsentTexts & {
  client: Client;
  scopes: Scope[];
  /** Previously granted scopes; undefined for a first consent. */
  before: readonly string[] | undefined;
  scopeTexts: Texts['scopes'];
};

export function RequestedScopes({ client, scopes, before, texts, scopeTexts }: RequestedScopesProps) {
  const isNew = (scope: Scope) => before !== undefined && !before.includes(scope.name);
  return (
    <fieldset>
      <legend>{texts.wouldLikeTo(<ClientName client={client} />)}</legend>
      {scopes.some(isNew) && <p class="fine">{texts.stepUp}</p>}
      <ul class="scopes">
        {scopes.map((scope) => (
          <RequestedScope scope={scope} means={describeScope(scope, scopeTexts)} isNew={isNew(scope)} texts={texts} />
        ))}
      </ul>
    </fieldset>
  );
}

function RequestedScope({
  scope,
  means,
  isNew,
  texts,
}: ConsentTexts & { scope: Scope; means: string; isNew: boolean }) {
  const what = (
    <span class={scope.optional ? undefined : 'given'}>
      <strong>{means}</strong> {scope.optional && <span class="hint">{texts.optional}</span>}{' '}
      {isNew && <span class="tag">{texts.isNew}</span>}
    </span>
  );
  if (!scope.optional) return <li>{what}</li>;
  return (
    <li>
      <label>
        <input type="checkbox" name="scope" value={scope.name} checked /> {what}
      </label>
    </li>
  );
}

/** The scopes of the client's grants for these resources; undefined if it has no grant. */
export function previouslyGrantedScopes(
  grants: readonly Pick<Grant, 'scopes' | 'resources'>[],
  resources: readonly string[],
): string[] | undefined {
  if (grants.length === 0) return undefined;
  return grants
    .filter((grant) => resources.every((resource) => grant.resources.includes(resource)))
    .flatMap((grant) => grant.scopes);
}

/** The requested scopes without those that the user deselected. */
export function selectedScopes(requested: string[], described: Scope[], selected: string[]): string[] {
  const isOptional = (name: string) => described.find((scope) => scope.name === name)?.optional ?? true;
  return requested.filter((name) => !isOptional(name) || selected.includes(name));
}
