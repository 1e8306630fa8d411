/** The name and the logo of a client, as pages show them. */
import { Tile } from '../../ui/names.tsx';
import { type Client, clientNameOf } from './client.ts';
import { logoUrl } from './logo.ts';

/** The name of a client, isolated from the surrounding text direction. */
export const ClientName = ({ client }: { client: Client }) => <bdi>{clientNameOf(client)}</bdi>;

/** The logo of a client, or the first letter of its name. */
export const ClientPicture = ({ client }: { client: Client }) => (
  <Tile name={clientNameOf(client)} picture={client.metadata.logo_uri && logoUrl(client)} />
);
