/** GET /console/clients/:id: one client, how it came here, what it may do, and what it has now. */
import type { Context } from 'hono';
import { type Client, hasSecret, nameOf } from '../../authorization-server/clients/client.ts';
import { listGrants, listTokens } from '../../storage/lists.ts';
import type { Web } from '../../web/context.ts';
import { Day, Facts, Minute, Table } from '../../web/pieces.tsx';
import { wordsOf } from '../../web/words.ts';
import { ActLinks } from './act-links.tsx';
import { clientAddress, clientOf, LATEST_GRANTS } from './client-parts.tsx';
import { consolePage, type Operator } from './frame.tsx';
import { PersonLink } from './links.tsx';

/** The latest of its grants and tokens; the lists of all of them have their own pages. */
const MOST = 20;

type Say = ReturnType<typeof wordsOf<'consoleClients'>>;

export async function showClient(c: Context<Web>, here: Operator) {
  const { databases, moment, settings } = c.get('deps');
  const of = { client: c.req.param('id') ?? '' };
  const asked = { after: undefined, most: MOST };
  const [client, { rows: all, over, unreachable }, { rows: tokens }] = await Promise.all([
    clientOf(c),
    listGrants(databases, { ...of, ...LATEST_GRANTS }, moment.now, await settings(), asked),
    listTokens(databases, { ...of, sort: 'ends', descending: true }, moment.now, asked),
  ]);
  const grants = all.filter(({ id }) => !over.has(id));
  const say = wordsOf(c, 'consoleClients');
  const common = wordsOf(c, 'console');
  const end = (what: 'grant' | 'token', id: string, label: string) =>
    here.mayChange ? [<a href={clientAddress(client.id, `/end?${what}=${id}`)}>{label}</a>] : [];
  const ending = here.mayChange ? [say.list.end] : [];
  return consolePage(
    c,
    here,
    { title: nameOf(client), section: 'clients' },
    <>
      <h1>{nameOf(client)}</h1>
      {client.disabledAt !== null && <p class="warning">{say.disabled}</p>}
      <About client={client} say={say} yes={common.yes} no={common.no} />
      {here.mayChange && <Acts client={client} say={say} />}
      {unreachable.length > 0 && <p class="warning">{common.partly(unreachable.join(', '))}</p>}
      <h2>{say.list.grants}</h2>
      {grants.length === 0 ? (
        <p>{say.list.noGrants}</p>
      ) : (
        <Table
          caption={say.list.latest(MOST)}
          columns={[say.list.person, say.list.scopes, say.list.since, say.list.lastUsed, ...ending]}
          rows={grants.map((grant) => [
            <PersonLink id={grant.personId} />,
            grant.scopes.join(' '),
            <Day time={grant.createdAt} />,
            <Day time={grant.rotatedAt} />,
            ...end('grant', grant.id, say.list.endGrant),
          ])}
        />
      )}
      <h2>{say.list.tokens}</h2>
      {tokens.length === 0 ? (
        <p>{say.list.noTokens}</p>
      ) : (
        <Table
          caption={say.list.latest(MOST)}
          columns={[say.list.person, say.list.scopes, say.list.resource, say.list.until, ...ending]}
          rows={tokens.map((token) => [
            token.personId === null ? say.list.itself : <PersonLink id={token.personId} />,
            token.scopes.join(' '),
            token.resource,
            token.revokedAt === null ? <Minute time={token.expiresAt} /> : say.list.revoked,
            ...(token.revokedAt === null ? end('token', token.id, say.list.endToken) : ending.map(() => '')),
          ])}
        />
      )}
    </>,
  );
}

function About({ client, say, yes, no }: { client: Client; say: Say; yes: string; no: string }) {
  const { metadata } = client;
  const list = (all: readonly string[] = []) =>
    all.length === 0 ? undefined : all.map((one, index) => [index > 0 && <br />, one]);
  const secretUntil = client.previousSecretUntil;
  return (
    <Facts
      facts={[
        [say.fact.id, <code>{client.id}</code>],
        [say.fact.origin, say.origins[client.origin]],
        [say.fact.redirects, list(metadata.redirect_uris)],
        [say.fact.returns, list(metadata.post_logout_redirect_uris)],
        [say.fact.grantTypes, list(metadata.grant_types.map((type) => say.grantTypes[type] ?? type))],
        [say.fact.method, say.methods[metadata.token_endpoint_auth_method] ?? metadata.token_endpoint_auth_method],
        [say.fact.oldSecret, secretUntil !== null && secretUntil > 0 ? <Minute time={secretUntil} /> : undefined],
        [say.fact.scope, metadata.scope ?? say.fact.anyScope],
        [say.fact.trusted, client.trusted ? yes : no],
        [say.fact.roles, client.roles.join(', ') || say.fact.everybody],
        [say.fact.origins, list(client.allowedOrigins)],
        [say.fact.actsAs, client.actsAs === null ? undefined : <PersonLink id={client.actsAs} />],
        [say.fact.created, <Day time={client.createdAt} />],
        [say.fact.lastUsed, <Day time={client.lastUsedAt} />],
      ]}
    />
  );
}

function Acts({ client, say }: { client: Client; say: Say }) {
  const act = (below: string, label: string) => ({ label, href: clientAddress(client.id, below) });
  return (
    <ActLinks
      acts={[
        act('/edit', say.acts.edit),
        hasSecret(client.metadata) && act('/secret', say.acts.secret),
        act('/disable', client.disabledAt === null ? say.acts.disable : say.acts.enable),
        act('/end', say.acts.end),
        act('/delete', say.acts.delete),
      ]}
    />
  );
}
