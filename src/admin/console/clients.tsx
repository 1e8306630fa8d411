/** /console/clients: what the pages of clients have beside their definition. */
import type { Context } from 'hono';
import { type Client, usesClientSecret } from '../../authorization-server/clients/client.ts';
import type { Web } from '../../http/context.ts';
import { authMethodOf } from '../../protocol/authentication-method.ts';
import { listProblems } from '../../storage/server/problem-records.ts';
import { MAX_PROBLEMS } from '../../storage/server/recent-problems.ts';
import { textsOf } from '../../ui/locale.ts';
import { CLIENTS } from '../operations/client-record.ts';
import { isMetadata, METADATA } from '../records/client-metadata.ts';
import { CLIENT } from '../records/client-record.ts';
import { CHECK, checkAddresses } from './client-check.ts';
import { createdClient } from './client-connect.tsx';
import { credentials } from './client-credentials.tsx';
import { APPLICATION_TYPES, CHECKED } from './client-new.tsx';
import { CLIENT_TIMELINE_PAGE } from './client-timeline.tsx';
import { CHANGERS, type ConsolePage, type ConsoleUser } from './console-page.tsx';
import { RecentProblems } from './recent-problems.tsx';
import { recordPages } from './record-pages.tsx';
import type { FormParts, ReadRecord } from './record-parts.tsx';
import { waitingClients } from './waiting-clients.tsx';

async function recentProblems(c: Context<Web>, _: ConsoleUser) {
  const { databases, moment } = c.get('deps');
  const say = textsOf(c, 'consoleClients').problems;
  const problems = await listProblems(databases, c.req.param('id') ?? '', moment.now);
  const { problems: common } = textsOf(c, 'console');
  return <RecentProblems problems={problems} none={say.none} caption={say.caption(MAX_PROBLEMS)} say={common} />;
}

/** Every field for a client that an administrator created; for any other those that only an administrator sets. */
function editing(c: Context<Web>, { row: client }: ReadRecord<Client>): FormParts {
  const being = { ...client.metadata, token_endpoint_auth_method: authMethodOf(client.metadata) };
  if (client.origin === 'administrator') return { having: {}, being, ...CHECKED };
  return {
    lead: textsOf(c, 'consoleClients').registeredItself,
    having: client.metadata,
    being,
    without: Object.keys(METADATA).filter(isMetadata),
  };
}

/** A client that authenticates with a secret from now on needs one. */
const saved = ({ metadata, secretHash }: Client): string | undefined =>
  usesClientSecret(metadata) && secretHash === null ? '/secret' : undefined;

const PAGES = recordPages(CLIENTS, {
  besideList: waitingClients,
  tabs: { '/credentials': credentials, '/problems': recentProblems },
  presets: APPLICATION_TYPES,
  created: createdClient,
  editing,
  saved,
});

export const CLIENT_PAGES: readonly ConsolePage[] = [
  ...PAGES.slice(0, 1),
  { path: CHECK, section: CLIENT.console.section, roles: CHANGERS, show: checkAddresses },
  ...PAGES.slice(1),
  CLIENT_TIMELINE_PAGE,
];
