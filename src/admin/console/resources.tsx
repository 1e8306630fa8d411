/** /console/resources: the APIs that take tokens of this server, and their scopes. */
import type { Context } from 'hono';
import * as z from 'zod';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { ResourceDescription } from '../../protocol/resource.ts';
import type { Web } from '../../web/context.ts';
import { Facts, Table } from '../../web/pieces.tsx';
import { wordsOf } from '../../web/words.ts';
import { findResource, putResource, type Resource, removeResource, resourceId } from '../acts/resources.ts';
import { ActLinks } from './act-links.tsx';
import { fieldsOf } from './forms/fields.tsx';
import { formPage, type RecordForm } from './forms/form.tsx';
import { CHANGERS, type ConsolePage, consolePage, doneAt, type Operator, READERS } from './frame.tsx';
import { ClientLink } from './links.tsx';
import { List } from './list.tsx';
import { type Kind, questionPages } from './questions.tsx';
import { shortList } from './short-list.ts';

export const RESOURCES = '/console/resources';

export const resourceAddress = ({ id }: Pick<Resource, 'id'>, below = '') =>
  `${RESOURCES}/${encodeURIComponent(id)}${below}`;
const resourceOf = (c: Context<Web>) => findResource(c.get('deps'), c.req.param('id') ?? '');

async function showAll(c: Context<Web>, here: Operator) {
  const say = wordsOf(c, 'consoleResources');
  const registry = [...(await c.get('deps').latestRegistry())].map(([id, description]) => ({ id, ...description }));
  const { query, rows, next } = shortList(c, registry, {
    ...{ id: (row) => row.id, texts: ({ id, name, scopes }) => [id, name, ...scopes.map((scope) => scope.name)] },
    sorts: { name: (row) => row.name, id: (row) => row.id },
  });
  return consolePage(
    c,
    here,
    { title: say.title, section: 'resources' },
    <>
      <h1>{say.title}</h1>
      <p>{say.lead}</p>
      <ActLinks main acts={[here.mayChange && { label: say.add, href: `${RESOURCES}/new` }]} />
      <List
        c={c}
        query={query}
        caption={say.title}
        search={wordsOf(c, 'console').anywhere}
        columns={[
          ...([
            { label: say.column.name, sort: 'name' },
            { label: say.column.id, sort: 'id' },
          ] as const),
          { label: say.column.scopes },
        ]}
        rows={rows.map(({ id, name, scopes }) => [
          <a href={resourceAddress({ id })}>{name}</a>,
          <code>{id}</code>,
          scopes.map((scope) => scope.name).join(', ') || say.noScopes,
        ])}
        next={next}
      />
    </>,
  );
}

async function showOne(c: Context<Web>, here: Operator) {
  const say = wordsOf(c, 'consoleResources');
  const common = wordsOf(c, 'console');
  const { id, description } = await resourceOf(c);
  const { name, scopes, documentation, policy_uri, tos_uri, token_minutes, dpop_required, client_id } = description;
  return consolePage(
    c,
    here,
    { title: name, section: 'resources' },
    <>
      <h1>{name}</h1>
      <Facts
        facts={[
          [say.fact.id, <code>{id}</code>],
          [say.fact.documentation, documentation],
          [say.fact.policy, policy_uri],
          [say.fact.tos, tos_uri],
          [say.fact.minutes, token_minutes ?? say.fact.asSetting],
          [say.fact.dpop, dpop_required ? common.yes : common.no],
          [say.fact.client, client_id && <ClientLink id={client_id} />],
        ]}
      />
      {here.mayChange && (
        <ActLinks
          acts={[
            { label: common.change, href: resourceAddress({ id }, '/edit') },
            { label: common.delete, href: resourceAddress({ id }, '/delete') },
          ]}
        />
      )}
      <h2>{say.scopes.title}</h2>
      {scopes.length === 0 ? (
        <p>{say.noScopes}</p>
      ) : (
        <Table
          caption={say.scopes.caption}
          columns={[say.scopes.name, say.scopes.text]}
          rows={scopes.map((scope) => [<code>{scope.name}</code>, scope.description])}
        />
      )}
      <h2>{say.using.title}</h2>
      <p>{say.using.text}</p>
      <pre tabindex={0}>{guardOf(c.get('deps').config.issuer, id, scopes.map((scope) => scope.name).slice(0, 1))}</pre>
    </>,
  );
}

/** The lines of docs/protect-an-api.md, for this resource. */
function guardOf(issuer: string, resource: string, scopes: readonly string[]): string {
  const named = scopes.map((name) => `'${name}'`).join(', ');
  return `import { protect } from 'postern/resource-server';

const api = { issuer: '${issuer}', resource: '${resource}', scopes: [${named}] };
export default { fetch: protect(api, (request, principal) => Response.json({ hello: principal.subject })) };`;
}

const NewResource = z.strictObject({
  resource: z.string().trim().min(1).max(2000).describe('An address such as https://notes.example.com/api.'),
  ...ResourceDescription.shape,
});

const DESCRIBED = [
  ...(['name', 'scopes', 'documentation', 'policy_uri', 'tos_uri', 'token_minutes', 'dpop_required'] as const),
  ...(['client_id'] as const),
] as const;

function newForm(c: Context<Web>, here: Operator) {
  const say = wordsOf(c, 'consoleResources');
  const deps = c.get('deps');
  return {
    ...{ section: 'resources', title: say.add, lead: say.adding, submit: say.submit, back: RESOURCES },
    ...{ schema: NewResource, labels: say.fields, fields: fieldsOf(NewResource, 'resource', ...DESCRIBED) },
    async send({ resource, ...description }) {
      const id = resourceId(resource);
      if ((await deps.latestRegistry()).has(id)) throw new OAuthError('conflict', say.taken);
      await putResource(deps, here.actor, { id, description });
      return doneAt(c, resourceAddress({ id }), 'added');
    },
  } satisfies RecordForm<typeof NewResource>;
}

async function editForm(c: Context<Web>, here: Operator) {
  const say = wordsOf(c, 'consoleResources');
  const { id, description: before } = await resourceOf(c);
  return {
    ...{ section: 'resources', title: say.change(before.name), lead: <code>{id}</code>, back: resourceAddress({ id }) },
    ...{ submit: wordsOf(c, 'console').save, schema: ResourceDescription, labels: say.fields },
    ...{ fields: fieldsOf(ResourceDescription, ...DESCRIBED), record: before },
    async send(description) {
      await putResource(c.get('deps'), here.actor, { id, description });
      return doneAt(c, resourceAddress({ id }), 'saved');
    },
  } satisfies RecordForm<typeof ResourceDescription>;
}

const ONE: Kind<Resource> = {
  ...{ section: 'resources', path: `${RESOURCES}/:id`, back: (row) => resourceAddress(row), find: resourceOf },
};

export const RESOURCE_PAGES: readonly ConsolePage[] = [
  { path: RESOURCES, section: 'resources', roles: READERS, listed: true, show: showAll },
  { path: `${RESOURCES}/new`, section: 'resources', roles: CHANGERS, ...formPage(newForm) },
  { path: ONE.path, section: 'resources', roles: READERS, show: showOne },
  { path: `${ONE.path}/edit`, section: 'resources', roles: CHANGERS, ...formPage(editForm) },
  ...questionPages(ONE, [
    {
      path: '/delete',
      leadsTo: RESOURCES,
      asks: (c, { description }) => wordsOf(c, 'consoleResources').asking(description.name),
      async act({ c, here, row }) {
        await removeResource(c.get('deps'), here.actor, row);
        return 'deleted';
      },
    },
  ]),
];
