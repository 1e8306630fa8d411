/** GET /console/search: users, clients, resources, connected apps, social logins and settings, by words of their names. */
import type { Context } from 'hono';
import type { Child } from 'hono/jsx';
import type { Web } from '../../http/context.ts';
import { searchWords } from '../../protocol/search-words.ts';
import { SETTING_NAMES, SETTINGS } from '../../protocol/settings.ts';
import { listConnectedApps } from '../../storage/providers/connected-apps.ts';
import { listSocialLogins } from '../../storage/providers/social-logins.ts';
import { searchClients, searchUsers } from '../../storage/server/search.ts';
import { textsOf } from '../../ui/locale.ts';
import { Named } from '../../ui/names.tsx';
import { CONNECTED_APP } from '../records/connected-app-record.ts';
import { SOCIAL_LOGIN } from '../records/social-login-record.ts';
import { type ConsoleUser, consolePage } from './console-page.tsx';
import { ClientLink, UserLink } from './links.tsx';
import { addressOf } from './list.tsx';
import type { Names } from './names.ts';
import { recordAddress } from './record-parts.tsx';
import { resourceAddress } from './resources.tsx';
import { SETTINGS_PAGE } from './setting-fields.tsx';

/** Results of each kind. */
const MOST = 10;

/** Things that few installations have many of: compared here. */
type Thing = { name: string; id: string; href: string };

/** True where each word of the search begins a word of the text. */
function hasWords(text: string, words: readonly string[]): boolean {
  const own = searchWords(text, Number.POSITIVE_INFINITY).map((word) => word.toLowerCase());
  return words.every((word) => own.some((one) => one.startsWith(word.toLowerCase())));
}

export async function showSearch(c: Context<Web>, here: ConsoleUser) {
  const search = (c.req.query('q') ?? '').trim().slice(0, 200);
  const say = textsOf(c, 'console');
  const results = search === '' ? [] : await resultsOf(c, search);
  return consolePage(
    c,
    here,
    { title: say.search, section: 'overview', breadcrumbs: [] },
    <>
      <h1>{search === '' ? say.search : say.searchedFor(search)}</h1>
      {results.length === 0 && <p>{search === '' ? say.searchHow : say.noneFound}</p>}
      {results.map(({ title, items, all }) => (
        <section class="panel">
          <h2>{title}</h2>
          <ul class="rows">
            {items.map((item) => (
              <li>{item}</li>
            ))}
          </ul>
          {items.length === MOST && all !== undefined && <a href={all}>{say.searchMore}</a>}
        </section>
      ))}
    </>,
  );
}

type Results = { title: string; items: readonly Child[]; all?: string };

async function resultsOf(c: Context<Web>, search: string): Promise<Results[]> {
  const { databases, registry } = c.get('deps');
  const say = textsOf(c, 'console').sections;
  const [users, clients, resources, apps, logins] = await Promise.all([
    searchUsers(databases, search, MOST),
    searchClients(databases, search, MOST),
    registry(),
    listConnectedApps(databases),
    listSocialLogins(databases),
  ]);
  const names: Names = {
    users: new Map(users.map((user) => [user.id, user])),
    clients: new Map(clients.map((client) => [client.id, client])),
    resources: new Map(),
  };
  const words = searchWords(search);
  const found = (things: readonly Thing[]) =>
    things
      .filter(({ name, id }) => hasWords(`${name} ${id}`, words))
      .slice(0, MOST)
      .map(({ name, id, href }) => <Named name={name} href={href} detail={id} />);
  const results: Results[] = [
    {
      title: say.users,
      items: users.map(({ id }) => <UserLink id={id} names={names} />),
      all: addressOf('/console/users', { q: search }),
    },
    {
      title: say.clients,
      items: clients.map(({ id }) => <ClientLink id={id} names={names} />),
      all: addressOf('/console/clients', { q: search }),
    },
    {
      title: say.resources,
      items: found([...resources].map(([id, { name }]) => ({ name, id, href: resourceAddress(id) }))),
    },
    {
      title: say.connectedApps,
      items: found(
        apps.map((app) => ({ name: app.description.name, id: app.id, href: recordAddress(CONNECTED_APP, app) })),
      ),
    },
    {
      title: say.socialLogins,
      items: found(
        logins.map((login) => ({
          name: login.description.name,
          id: login.id,
          href: recordAddress(SOCIAL_LOGIN, login),
        })),
      ),
    },
    {
      title: say.settings,
      items: found(
        SETTING_NAMES.map((name) => ({
          name: SETTINGS[name].label,
          id: name,
          href: `${SETTINGS_PAGE}/${SETTINGS[name].group}`,
        })),
      ),
    },
  ];
  return results.filter(({ items }) => items.length > 0);
}
