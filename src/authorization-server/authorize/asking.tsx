/** What a page shows that asks a person's consent: who asks, for what, and what to be careful about. */
import { isLoopbackRedirect } from '../../protocol/redirect-uri.ts';
import type { Registry } from '../../protocol/resource.ts';
import type { Scope } from '../../protocol/scope.ts';
import type { Deps } from '../../web/context.ts';
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

export function ForResources({ names }: { names: string[] }) {
  if (names.length === 0) return null;
  return (
    <p>
      It asks for access to <strong>{names.join(', ')}</strong>.
    </p>
  );
}

/** @param sentTo the host that the person's browser goes to; undefined where it goes nowhere. */
export function Who({ client, sentTo }: { client: Client; sentTo?: string | undefined }) {
  const name = nameOf(client);
  const { client_uri } = client.metadata;
  const facts = [
    // CIMD §6.4: the hostname of the client_id is what it can be recognised by.
    client.origin === 'document' && <strong>{hostOf(client.id)}</strong>,
    client_uri && <a href={client_uri}>{hostOf(client_uri)}</a>,
    sentTo && (
      <>
        You will be sent to <strong>{sentTo}</strong>
      </>
    ),
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

export function Warnings({ client, sentTo }: { client: Client; sentTo?: string | undefined }) {
  const uris = client.metadata.redirect_uris;
  const local = uris.length > 0 && uris.every(isLoopbackRedirect);
  return (
    <>
      {client.origin === 'registration' && !client.trusted && (
        <p class="warning">
          This application registered itself. Nobody here has checked that it is who it says. Go on only if you have
          just started this yourself{sentTo && `, and you trust ${sentTo}`}.
        </p>
      )}
      {client.origin === 'document' && !client.trusted && (
        <p class="warning">
          Nobody here has checked this application: it describes itself, at {hostOf(client.id)}. Go on only if you have
          just started this yourself, and you trust {hostOf(client.id)}
          {sentTo && sentTo !== hostOf(client.id) && ` and ${sentTo}`}.
        </p>
      )}
      {local && (
        <p class="warning">
          This application runs on a computer, not on a website: make sure that it is a program that you have started on
          this one.
        </p>
      )}
    </>
  );
}

export function AskedScopes({ name, scopes }: { name: string; scopes: Scope[] }) {
  return (
    <fieldset>
      <legend>{name} would like to</legend>
      <ul class="scopes">
        {scopes.map((scope) => (
          <AskedScope scope={scope} />
        ))}
      </ul>
    </fieldset>
  );
}

function AskedScope({ scope }: { scope: Scope }) {
  if (!scope.optional) {
    return (
      <li>
        <strong>{scope.description}</strong>
      </li>
    );
  }
  return (
    <li>
      <label>
        <input type="checkbox" name="scope" value={scope.name} checked /> <strong>{scope.description}</strong>{' '}
        <span class="hint">you can leave this out</span>
      </label>
    </li>
  );
}

/** What was asked for, without what the person left out. */
export function chosenScopes(asked: string[], described: Scope[], ticked: string[]): string[] {
  const isOptional = (name: string) => described.find((scope) => scope.name === name)?.optional ?? true;
  return asked.filter((name) => !isOptional(name) || ticked.includes(name));
}

export function Links({ client }: { client: Client }) {
  const { policy_uri, tos_uri } = client.metadata;
  if (!policy_uri && !tos_uri) return null;
  return (
    <p class="fine">
      What {nameOf(client)} promises: {policy_uri && <a href={policy_uri}>privacy policy</a>}
      {policy_uri && tos_uri && ', '}
      {tos_uri && <a href={tos_uri}>terms of service</a>}
    </p>
  );
}
