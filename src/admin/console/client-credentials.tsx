/** The tab Credentials of a client: its ID, how it authenticates, and how an application uses both. */
import type { Context } from 'hono';
import { type Client, usesClientSecret } from '../../authorization-server/clients/client.ts';
import type { Web } from '../../http/context.ts';
import { isKeyOf } from '../../protocol/table.ts';
import { DescriptionList, ExternalLink } from '../../ui/components.tsx';
import { textsOf } from '../../ui/locale.ts';
import { Minute } from '../../ui/moment.tsx';
import { Copyable } from '../../ui/names.tsx';
import { METADATA } from '../records/client-metadata.ts';
import { endpointFacts, Snippets } from './client-connect.tsx';
import type { ConsoleUser } from './console-page.tsx';
import { clientAddress } from './links.tsx';
import type { ReadRecord } from './record-parts.tsx';

export async function credentials(c: Context<Web>, here: ConsoleUser, reading: Promise<ReadRecord<Client>>) {
  const { row: client } = await reading;
  const { metadata, previousSecrets } = client;
  const { credentials: say } = textsOf(c, 'consoleClients');
  const label = 'Client ID';
  const until = Math.max(0, ...previousSecrets.map((secret) => secret.until));
  const { label: authentication, choices } = METADATA.token_endpoint_auth_method;
  const method = metadata.token_endpoint_auth_method ?? '';
  return (
    <>
      <DescriptionList
        facts={[
          [label, <Copyable id="id" label={label} text={client.id} say={textsOf(c, 'layout')} />],
          [authentication, isKeyOf(choices, method) ? choices[method] : method],
          [say.secret, client.secretHash === null ? say.noSecret : say.hasSecret],
          [say.previousSecret, until > 0 ? <Minute time={until} /> : undefined],
          [METADATA.jwks_uri.label, metadata.jwks_uri && <ExternalLink address={metadata.jwks_uri} />],
          ...endpointFacts(c, client),
        ]}
      />
      {here.mayChange && usesClientSecret(metadata) && (
        <p>
          <a class="button secondary" href={`${clientAddress(client.id)}/secret`}>
            {say.rotate}
          </a>
        </p>
      )}
      <Snippets c={c} client={client} />
    </>
  );
}
