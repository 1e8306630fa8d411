/** /console/resources: what the pages of protected resources have beside their definition. */
import type { Context } from 'hono';
import type { Web } from '../../http/context.ts';
import { textsOf } from '../../ui/locale.ts';
import { Table } from '../../ui/table.tsx';
import { RESOURCES as OPERATIONS } from '../operations/resources.ts';
import { RESOURCE } from '../records/resource.ts';
import type { ConsoleUser } from './console-page.tsx';
import { recordPages } from './record-pages.tsx';
import { type ReadRecord, recordAddress } from './record-parts.tsx';

export const resourceAddress = (id: string): string => recordAddress(RESOURCE, { resource: id });

/** The scopes of a resource, and the lines that protect it. */
async function scopesAndUse(c: Context<Web>, _: ConsoleUser, reading: Promise<ReadRecord>) {
  const { resource, scopes: listed } = (await reading).record;
  const [id, scopes] = [String(resource), RESOURCE.answer.shape.scopes.parse(listed)];
  const say = textsOf(c, 'consoleResources');
  return (
    <>
      <h2>{say.scopes.title}</h2>
      {scopes.length === 0 ? (
        <p>{RESOURCE.fields.scopes.unset}</p>
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
    </>
  );
}

/** The lines of docs/how-to/protect-an-api.md, for this resource. */
function guardOf(issuer: string, resource: string, scopes: readonly string[]): string {
  const named = scopes.map((name) => `'${name}'`).join(', ');
  return `import { protect } from '@postern/resource-server';

const api = { issuer: '${issuer}', resource: '${resource}', scopes: [${named}] };
export default { fetch: protect(api, (request, principal) => Response.json({ hello: principal.subject })) };`;
}

export const RESOURCE_PAGES = recordPages(OPERATIONS, { omitted: ['scopes'], detail: scopesAndUse });
