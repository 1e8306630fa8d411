/** The page of a user whose application awaits the approval of an administrator; it asks for that approval. */
import type { Context } from 'hono';
import type { Deps, Web } from '../../http/context.ts';
import { mailLater } from '../../http/mail.ts';
import { loadTranslation } from '../../locales/choose-language.ts';
import { FALLBACK } from '../../locales/languages.ts';
import { approvalCutoff, requestApproval, takeApprovalMail } from '../../storage/clients/client-approvals.ts';
import type { SignedIn } from '../../storage/users/signed-in.ts';
import { chooseLanguage, textsOf } from '../../ui/locale.ts';
import { page } from '../../ui/page.tsx';
import { type Client, clientHost, clientNameOf } from '../clients/client.ts';
import { ClientName } from '../clients/client-name.tsx';

/** Shows that the client awaits approval, and lets administrators know of it. */
export async function waitingPage(c: Context<Web>, client: Client, { user }: SignedIn): Promise<Response> {
  c.get('logFields').error = 'access_denied';
  const deps = c.get('deps');
  deps.waitUntil('request approval', tellAdministrators(deps, client));
  await chooseLanguage(c);
  const { waiting: texts } = textsOf(c, 'consent');
  return page(
    c,
    { title: texts.title, status: 403, signedInAs: user.name },
    <>
      <h1>{texts.title}</h1>
      <p>{texts.what(<ClientName client={client} />)}</p>
      <p>{texts.how}</p>
    </>,
  );
}

async function tellAdministrators(deps: Deps, client: Client): Promise<void> {
  const settings = await deps.settings();
  const { databases, moment, config } = deps;
  const isNew = await requestApproval(databases, moment, client, approvalCutoff(settings, moment.now));
  const to = settings.new_client_mail;
  if (!isNew || to === '' || !(await takeApprovalMail(databases, moment.now))) return;
  const { mail: texts } = await loadTranslation(FALLBACK);
  const host = clientHost(client.origin === 'document' ? client.id : (client.metadata.redirect_uris[0] ?? '')) ?? '';
  const mail = texts.waitingClient(settings.brand_name, clientNameOf(client), host, `${config.issuer}/console/clients`);
  mailLater(deps, async () => ({ to, mail }));
}
