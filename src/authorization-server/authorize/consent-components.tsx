/** Components of the consent pages: the client, the requested scopes and resources, and warnings. */
import type { Child } from 'hono/jsx';
import type { Deps } from '../../http/context.ts';
import type { Texts } from '../../locales/index.ts';
import { APPLICATIONS_PAGE } from '../../protocol/endpoints.ts';
import { isLoopbackRedirect, isPrivateUseRedirect } from '../../protocol/redirect-uri.ts';
import type { ResourceRegistry } from '../../protocol/resource.ts';
import { describeScope, type Scope } from '../../protocol/scope.ts';
import type { Grant } from '../../storage/grants/grants.ts';
import { Tile } from '../../ui/names.tsx';
import { type Client, clientHost, clientNameOf, isApprovedByAdministrator } from '../clients/client.ts';
import { logoUrl } from '../clients/logo.ts';
import { scopesOfResources } from '../resources.ts';

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

type ConsentTexts = { texts: Texts['consent'] };

export function RequestedResources({ names, texts }: ConsentTexts & { names: string[] }) {
  if (names.length === 0) return null;
  return <p>{texts.resources(<strong>{names.join(', ')}</strong>)}</p>;
}

type ClientProps = ConsentTexts & {
  client: Client;
  /** Undefined for device authorization, which has no redirect. */
  redirectUri?: string | undefined;
};

/** The name of a client, isolated from the surrounding text direction. */
export const ClientName = ({ client }: { client: Client }) => <bdi>{clientNameOf(client)}</bdi>;

/** The logo of a client, or the first letter of its name. */
export const ClientPicture = ({ client }: { client: Client }) => (
  <Tile name={clientNameOf(client)} picture={client.metadata.logo_uri && logoUrl(client)} />
);

/** The client with its picture and its hosts; the question is the heading of the page. */
export function RequestingClient(props: Omit<ClientProps, 'texts'> & { question: Child }) {
  const { client, redirectUri, question } = props;
  const home = shownLink(client, redirectUri, 'client_uri');
  const facts = [
    // CIMD §6.4: show the hostname of the client_id.
    client.origin === 'document' && <strong>{clientHost(client.id)}</strong>,
    home && <a href={home}>{clientHost(home)}</a>,
  ].filter(Boolean);
  return (
    <div class="topic">
      <ClientPicture client={client} />
      <h1>{question}</h1>
      {facts.length > 0 && (
        <p>
          {facts.map((fact, index) => (
            <>
              {index > 0 && ' · '}
              {fact}
            </>
          ))}
        </p>
      )}
    </div>
  );
}

/** The host that receives the code: a client can choose any name, but not its host. */
export function Destination({ redirectUri, texts }: ConsentTexts & { redirectUri: string }) {
  return (
    <p class="destination">
      {texts.destination[destinationKind(redirectUri)]} <strong>{hostWithBreaks(clientHost(redirectUri) ?? '')}</strong>
    </p>
  );
}

/** A host with line-break opportunities between its labels. */
const hostWithBreaks = (host: string) =>
  host.split(/(?<=\.)|(?=:)/).map((label, index) => (
    <>
      {index > 0 && <wbr />}
      {label}
    </>
  ));

const destinationKind = (redirectUri: string) =>
  isLoopbackRedirect(redirectUri) ? 'local' : isPrivateUseRedirect(redirectUri) ? 'app' : 'web';

/** The warning about a client that no administrator created or trusts; undefined for any other. */
export function consentWarning({ client, redirectUri, texts: { unchecked: texts } }: ClientProps): string | undefined {
  if (isApprovedByAdministrator(client)) return undefined;
  const host = client.origin === 'document' ? clientHost(client.id) : undefined;
  const introduction = host === undefined ? texts.registered : texts.described(host);
  if (redirectUri === undefined) return `${introduction} ${texts.goOn}`;
  const kind = destinationKind(redirectUri);
  const hosts = [...new Set([host, clientHost(redirectUri)])].filter((one) => one !== undefined);
  return `${introduction} ${kind === 'web' ? texts.goOnAt(hosts) : texts[kind]}`;
}

/**
 * A link of the client's metadata. Of a client that no administrator created or trusts only with the host that is shown:
 * another host would lend its reputation (RFC 7591 §5).
 */
function shownLink(
  client: Client,
  redirectUri: string | undefined,
  field: 'client_uri' | 'policy_uri' | 'tos_uri',
): string | undefined {
  const link = client.metadata[field];
  if (link === undefined || isApprovedByAdministrator(client)) return link;
  const shown = [redirectUri, client.origin === 'document' ? client.id : undefined].filter((uri) => uri !== undefined);
  return shown.some((uri) => clientHost(uri) === clientHost(link)) ? link : undefined;
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

/** A hint about revocation, and the links of the client's metadata. */
export function ClientLinks({ client, redirectUri, texts }: ClientProps) {
  const policy = shownLink(client, redirectUri, 'policy_uri');
  const terms = shownLink(client, redirectUri, 'tos_uri');
  return (
    <>
      <p class="fine">
        {texts.revoke((label) => (
          <a href={APPLICATIONS_PAGE}>{label}</a>
        ))}
      </p>
      {(policy || terms) && (
        <p class="fine">
          {texts.promises(<ClientName client={client} />)}
          {policy && <a href={policy}>{texts.privacyPolicy}</a>}
          {policy && terms && ', '}
          {terms && <a href={terms}>{texts.termsOfService}</a>}
        </p>
      )}
    </>
  );
}
