/** The requesting client on the consent pages: its picture and hosts, the destination of the code, warnings and links. */
import type { Child } from 'hono/jsx';
import type { Texts } from '../../locales/index.ts';
import { APPLICATIONS_PAGE } from '../../protocol/endpoints.ts';
import { isLoopbackRedirect, isPrivateUseRedirect } from '../../protocol/redirect-uri.ts';
import { type Client, clientHost, isApprovedByAdministrator } from '../clients/client.ts';
import { ClientName, ClientPicture } from '../clients/client-name.tsx';

export type ConsentTexts = { texts: Texts['consent'] };

type ClientProps = ConsentTexts & {
  client: Client;
  /** Undefined for device authorization, which has no redirect. */
  redirectUri?: string | undefined;
};

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
