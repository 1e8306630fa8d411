/** The values and programs with which an application uses its client: after its creation, and on its page. */
import type { Context } from 'hono';
import type { Child } from 'hono/jsx';
import { type Client, usesClientSecret } from '../../authorization-server/clients/client.ts';
import type { Web } from '../../http/context.ts';
import { ENDPOINTS, WELL_KNOWN } from '../../protocol/endpoints.ts';
import { AUTHORIZATION_CODE, DEVICE_CODE } from '../../protocol/grant-type.ts';
import { textsOf } from '../../ui/locale.ts';
import { Copyable, CopyFromButton } from '../../ui/names.tsx';
import type { Created } from './record-parts.tsx';
import { snippetsFor } from './snippets/index.ts';

type EndpointName = keyof ReturnType<typeof textsOf<'consoleClients'>>['connect']['endpoint'];

/** The endpoints that clients with a grant type call, beside the token endpoint. */
const CALLED_WITH: Readonly<Record<string, readonly EndpointName[]>> = {
  [AUTHORIZATION_CODE]: ['authorization_endpoint', 'userinfo_endpoint', 'end_session_endpoint'],
  [DEVICE_CODE]: ['device_authorization_endpoint', 'userinfo_endpoint'],
};

const ORDER: readonly EndpointName[] = [
  'authorization_endpoint',
  'device_authorization_endpoint',
  'token_endpoint',
  'userinfo_endpoint',
  'end_session_endpoint',
  'jwks_uri',
];

/** Issuer, metadata and endpoints, each with a button that copies it. */
export function endpointFacts(c: Context<Web>, { metadata }: Client): readonly (readonly [string, Child])[] {
  const { issuer } = c.get('deps').config;
  const say = textsOf(c, 'consoleClients').connect;
  const copying = textsOf(c, 'layout');
  const called = metadata.grant_types.flatMap((grant) => CALLED_WITH[grant] ?? []);
  const names = ORDER.filter((name) => name === 'token_endpoint' || name === 'jwks_uri' || called.includes(name));
  const all = [
    { id: 'issuer', label: say.issuer, text: issuer },
    { id: 'metadata', label: say.metadata, text: issuer + WELL_KNOWN.openidConfiguration },
    ...names.map((name) => ({ id: name, label: say.endpoint[name], text: issuer + ENDPOINTS[name] })),
  ];
  return all.map((one) => [one.label, <Copyable {...one} say={copying} />]);
}

/** An MCP server that is registered nowhere here. */
const EXAMPLE = 'https://mcp.example.com/mcp';

/** The programs that fit the client, the first one open. */
export async function Snippets({ c, client }: { c: Context<Web>; client: Client }) {
  const { config, registry } = c.get('deps');
  const { connect: say } = textsOf(c, 'consoleClients');
  const copying = textsOf(c, 'layout');
  const [resource = EXAMPLE] = (await registry()).keys();
  const { id, metadata } = client;
  const snippets = snippetsFor({ issuer: config.issuer, clientId: id, metadata, resource });
  const isForMcp = snippets.some(({ where }) => where === '.mcp.json');
  return (
    <>
      <h2>{say.title}</h2>
      <p>
        {say.lead} {usesClientSecret(metadata) && say.secret} {isForMcp && say.mcp}
      </p>
      {snippets.map(({ name, where, text }, index) => (
        <details open={index === 0}>
          <summary>
            {name} <small>{where}</small>
          </summary>
          <div class="snippet">
            <pre id={`snippet-${index}`} tabindex={0}>
              {text}
            </pre>
            <CopyFromButton id={`snippet-${index}`} label={name} say={copying} />
          </div>
        </details>
      ))}
    </>
  );
}

/** The page after the creation of a client, beside its ID and secret. */
export const createdClient = (c: Context<Web>, { row }: { row: Client }): Created => ({
  facts: endpointFacts(c, row),
  below: <Snippets c={c} client={row} />,
});
