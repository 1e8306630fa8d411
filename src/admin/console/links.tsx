/** Links to users, clients and resources, by their names. */
import { clientHost, clientNameOf } from '../../authorization-server/clients/client.ts';
import { LOGO_PATH } from '../../authorization-server/clients/logo.ts';
import type { UserId } from '../../protocol/credentials.ts';
import { Named } from '../../ui/names.tsx';
import type { Names } from './names.ts';

const USERS = '/console/users';
const CLIENTS = '/console/clients';

/** The id of a client may be an https URL. */
export const clientAddress = (id: string): string => `${CLIENTS}/${encodeURIComponent(id)}`;

export const userAddress = (id: string, below = ''): string => `${USERS}/${id}${below}`;

/** A user by name and e-mail address; by ID where the user was deleted. */
export function UserLink({ id, names }: { id: UserId | string; names: Names }) {
  const { name, email } = names.users.get(id) ?? { name: id, email: undefined };
  const title = name || email || id;
  return <Named name={title} href={userAddress(id)} detail={title === email ? undefined : email} />;
}

/** A client by name and logo, with its host; by ID where it was deleted. */
export function ClientLink({ id, names }: { id: string; names: Names }) {
  const client = names.clients.get(id);
  // A client that a document describes has a row only after its first use: its ID is its address.
  if (!client) return <Named tile name={clientHost(id) ?? id} href={clientAddress(id)} />;
  const { origin, metadata } = client;
  const host = clientHost(origin === 'document' ? id : (metadata.redirect_uris[0] ?? ''));
  const name = clientNameOf(client);
  const picture = metadata.logo_uri === undefined ? undefined : `${LOGO_PATH}?client_id=${encodeURIComponent(id)}`;
  return (
    <Named tile name={name} href={clientAddress(id)} detail={host === name ? undefined : host} picture={picture} />
  );
}

/** A resource by its name; by its identifier where it is no longer registered. */
export function ResourceName({ id, names }: { id: string; names: Names }) {
  const name = names.resources.get(id);
  return name === undefined ? <span class="long">{id}</span> : <span title={id}>{name}</span>;
}
