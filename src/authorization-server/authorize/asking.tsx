/** What a page shows that asks a person's consent: who asks, for what, and what to be careful about. */
import { isLoopbackRedirect } from '../../protocol/redirect-uri.ts';
import type { Registry } from '../../protocol/resource.ts';
import { describeScope, type Scope } from '../../protocol/scope.ts';
import type { Deps } from '../../web/context.ts';
import type { Words } from '../../words/index.ts';
import { type Client, hostOf, nameOf } from '../clients/client.ts';
import { logoAddress } from '../clients/logo.ts';
import { scopesKnownAt } from '../resources.ts';

type Asked = { scopes: string[]; resources: string[] };

type AskingDeps = Pick<Deps, 'settings' | 'registry' | 'latestRegistry'>;

/** The scopes as a person reads them. What this isolate does not know yet, the primary does. */
export async function describedScopes(deps: AskingDeps, { scopes, resources }: Asked): Promise<Scope[]> {
  const settings = await deps.settings();
  const describe = (registry: Registry) => {
    const known = scopesKnownAt(resources, registry, settings);
    return scopes.flatMap((name) => known.filter((scope) => scope.name === name));
  };
  const described = describe(await deps.registry());
  return described.length === scopes.length ? described : describe(await deps.latestRegistry());
}

/** What people know the registered resources by. */
export async function namesOfResources(deps: Pick<Deps, 'registry'>, resources: string[]): Promise<string[]> {
  const registry = await deps.registry();
  return resources.flatMap((resource) => registry.get(resource)?.name ?? []);
}

type Say = { say: Words['consent'] };

export function ForResources({ names, say }: Say & { names: string[] }) {
  if (names.length === 0) return null;
  return <p>{say.resources(<strong>{names.join(', ')}</strong>)}</p>;
}

/** @param sentTo the host that the person's browser goes to; undefined where it goes nowhere. */
export function Who({ client, sentTo, say }: Say & { client: Client; sentTo?: string | undefined }) {
  const name = nameOf(client);
  const { client_uri } = client.metadata;
  const facts = [
    // CIMD §6.4: the hostname of the client_id is what it can be recognised by.
    client.origin === 'document' && <strong>{hostOf(client.id)}</strong>,
    client_uri && <a href={client_uri}>{hostOf(client_uri)}</a>,
    sentTo && say.sentTo(<strong>{sentTo}</strong>),
  ].filter(Boolean);
  return (
    <div class="who">
      <span class="initial" aria-hidden="true">
        <span>{name.charAt(0).toUpperCase()}</span>
        {client.metadata.logo_uri && <img src={logoAddress(client)} alt="" />}
      </span>
      <p>
        <strong>{name}</strong>
        <br />
        {facts.map((fact, index) => (
          <>
            {index > 0 && ' · '}
            {fact}
          </>
        ))}
      </p>
    </div>
  );
}

export function Warnings({ client, sentTo, say }: Say & { client: Client; sentTo?: string | undefined }) {
  const uris = client.metadata.redirect_uris;
  const local = uris.length > 0 && uris.every(isLoopbackRedirect);
  return (
    <>
      {client.origin === 'registration' && !client.trusted && <p class="warning">{say.registeredItself(sentTo)}</p>}
      {client.origin === 'document' && !client.trusted && (
        <p class="warning">
          {say.describesItself(hostOf(client.id), sentTo === hostOf(client.id) ? undefined : sentTo)}
        </p>
      )}
      {local && <p class="warning">{say.onThisComputer}</p>}
    </>
  );
}

type Asking = Say & { name: string; scopes: Scope[]; called: Words['scopes'] };

export function AskedScopes({ name, scopes, say, called }: Asking) {
  return (
    <fieldset>
      <legend>{say.wouldLikeTo(name)}</legend>
      <ul class="scopes">
        {scopes.map((scope) => (
          <AskedScope scope={scope} means={describeScope(scope, called)} leaveOut={say.optional} />
        ))}
      </ul>
    </fieldset>
  );
}

function AskedScope({ scope, means, leaveOut }: { scope: Scope; means: string; leaveOut: string }) {
  if (!scope.optional) {
    return (
      <li>
        <strong>{means}</strong>
      </li>
    );
  }
  return (
    <li>
      <label>
        <input type="checkbox" name="scope" value={scope.name} checked /> <strong>{means}</strong>{' '}
        <span class="hint">{leaveOut}</span>
      </label>
    </li>
  );
}

/** What was asked for, without what the person left out. */
export function chosenScopes(asked: string[], described: Scope[], ticked: string[]): string[] {
  const isOptional = (name: string) => described.find((scope) => scope.name === name)?.optional ?? true;
  return asked.filter((name) => !isOptional(name) || ticked.includes(name));
}

export function Links({ client, say }: Say & { client: Client }) {
  const { policy_uri, tos_uri } = client.metadata;
  if (!policy_uri && !tos_uri) return null;
  return (
    <p class="fine">
      {say.promises(nameOf(client))}
      {policy_uri && <a href={policy_uri}>{say.privacyPolicy}</a>}
      {policy_uri && tos_uri && ', '}
      {tos_uri && <a href={tos_uri}>{say.termsOfService}</a>}
    </p>
  );
}
