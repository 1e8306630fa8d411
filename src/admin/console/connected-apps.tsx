/** /console/connected-apps: what the pages of connected apps have beside their definition. */
import type { Context } from 'hono';
import type { Web } from '../../http/context.ts';
import { connectedAppCallbackPath } from '../../protocol/connected-app.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { entryOf, TEMPLATES, templateOf } from '../../providers/index.ts';
import { type ConnectedApp, listConnectedApps } from '../../storage/providers/connected-apps.ts';
import { PROBLEMS_OF } from '../../storage/server/recent-problems.ts';
import { ExternalLink } from '../../ui/components.tsx';
import { textsOf } from '../../ui/locale.ts';
import { CONNECTED_APPS } from '../operations/provider-records.ts';
import { CONNECTED_APP } from '../records/connected-app-record.ts';
import { COPIES, freeId, ProviderLead } from './provider-lead.tsx';
import { problemsAtProvider } from './recent-problems.tsx';
import { recordPages } from './record-pages.tsx';
import type { FormParts, ReadRecord } from './record-parts.tsx';
import { templatesPage } from './template-picker.tsx';

const sayOf = (c: Context<Web>) => textsOf(c, 'consoleConnectedApps');
const uriOf = (c: Context<Web>) => (id: string) => c.get('deps').config.issuer + connectedAppCallbackPath(id);

/** The form of a new one, which begins with the data of the provider. @throws OAuthError not_found */
async function newParts(c: Context<Web>, template: string): Promise<FormParts> {
  const provider = entryOf(TEMPLATES, template);
  if (!provider) throw new OAuthError('not_found', 'there is no such template.');
  const say = sayOf(c);
  const id = freeId(template, await listConnectedApps(c.get('deps').databases));
  return {
    title: say.adding(provider.title),
    lead: (
      <>
        <ProviderLead provider={provider} issuer={null} uriOf={uriOf(c)} id={id} follows say={say} />
        {say.itself}
      </>
    ),
    fixed: { template },
    script: COPIES,
    also: provider.connectedApp.requires ?? [],
    suggested: { id, name: provider.title, scopes: provider.connectedApp.scopes, raw_tokens: 'nobody' },
  };
}

function editing(c: Context<Web>, { row: app }: ReadRecord<ConnectedApp>): FormParts {
  const say = sayOf(c);
  const provider = templateOf(app.template);
  return {
    lead: (
      <>
        <ProviderLead provider={provider} issuer={app.issuer} uriOf={uriOf(c)} id={app.id} say={say} />
        {say.changing}
      </>
    ),
    script: COPIES,
  };
}

export const CONNECTED_APP_PAGES = recordPages(CONNECTED_APPS, {
  detail: (c) => problemsAtProvider(c, PROBLEMS_OF.connectedApp + (c.req.param('id') ?? '')),
  presets: {
    page: (c, here) =>
      templatesPage(c, here, {
        section: CONNECTED_APP.console.section,
        known: TEMPLATES,
        path: `${CONNECTED_APP.console.path}/new`,
        say: sayOf(c),
      }),
    form: newParts,
  },
  editing,
  facts: (c, { row: app }: ReadRecord<ConnectedApp>) => [
    [sayOf(c).connect, <code>{`${c.get('deps').config.issuer}/account/connections/${app.id}`}</code>],
    [sayOf(c).documentation, <ExternalLink address={templateOf(app.template).documentation} />],
  ],
});
