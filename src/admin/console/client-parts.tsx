/** What the pages about clients have in common: their addresses, and the page that shows a secret this once. */
import type { Context } from 'hono';
import { type Client, nameOf } from '../../authorization-server/clients/client.ts';
import type { Web } from '../../web/context.ts';
import { Facts, Minute } from '../../web/pieces.tsx';
import { wordsOf } from '../../web/words.ts';
import { findClient } from '../acts/clients.ts';
import { consolePage, type Operator } from './frame.tsx';

export const CLIENTS = '/console/clients';
export const CLIENT = '/console/clients/:id';
export const NEW_CLIENT = '/console/clients/new';

export const LATEST_GRANTS = { sort: 'since', descending: true } as const;

/** The address of a client's page, or of one below it. The id may be an https URL. */
export const clientAddress = (id: string, below = ''): string => `${CLIENTS}/${encodeURIComponent(id)}${below}`;

/** @throws OAuthError not_found */
export const clientOf = (c: Context<Web>): Promise<Client> => findClient(c.get('deps'), c.req.param('id') ?? '');

/** @param secret none for a client that has none. */
export function secretPage(
  c: Context<Web>,
  here: Operator,
  client: Client,
  secret: string | undefined,
  title: string,
  oldGoodUntil?: number,
) {
  const say = wordsOf(c, 'consoleClients');
  return consolePage(
    c,
    here,
    { title, section: 'clients' },
    <>
      <h1>{title}</h1>
      {secret !== undefined && (
        <p class="notice" role="status">
          {say.secret.once}
        </p>
      )}
      <Facts
        facts={[
          [say.fact.id, <code>{client.id}</code>],
          [say.secret.label, secret === undefined ? say.secret.none : <code>{secret}</code>],
          [say.secret.oldUntil, oldGoodUntil === undefined ? undefined : <Minute time={oldGoodUntil} />],
        ]}
      />
      <div class="actions">
        <a class="button" href={clientAddress(client.id)}>
          {secret === undefined ? say.secret.go(nameOf(client)) : wordsOf(c, 'console').copied}
        </a>
      </div>
    </>,
  );
}
