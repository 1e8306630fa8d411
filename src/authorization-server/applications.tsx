/** GET and POST /account/applications: the applications with access to the account; revokes all or one scope of it. */
import type { Context } from 'hono';
import { readAccountForm } from '../accounts/account/account-form.ts';
import { accountPage, doneUrl } from '../accounts/account-page.tsx';
import { requireSession } from '../accounts/require-session.ts';
import type { Deps, Web } from '../http/context.ts';
import { formToken } from '../http/csrf.ts';
import type { Texts } from '../locales/index.ts';
import { APPLICATIONS_PAGE } from '../protocol/endpoints.ts';
import { describeScope, type Scope } from '../protocol/scope.ts';
import { findClientFromReplica } from '../storage/clients/clients.ts';
import {
  type Application as Granted,
  listApplications,
  withdrawConsent,
  withdrawScope,
} from '../storage/grants/consents.ts';
import { ActionButton, Card, DescriptionList, ListForm, Pagination } from '../ui/components.tsx';
import { textsOf } from '../ui/locale.ts';
import { Day } from '../ui/moment.tsx';
import { ClientPicture, describeScopes } from './authorize/consent-components.tsx';
import { builtInClient } from './clients/built-in-clients.ts';
import { type Client, clientHost, clientNameOf } from './clients/client.ts';

/** Applications per page. */
const PAGE_SIZE = 50;

export async function showApplications(c: Context<Web>) {
  const here = await requireSession(c, APPLICATIONS_PAGE);
  if (here instanceof Response) return here;
  const deps = c.get('deps');
  const { user, session } = here;
  const settings = await deps.settings();
  const after = c.req.query('after');
  const page = { after, most: PAGE_SIZE };
  const listed = await listApplications(deps.databases, user.id, deps.moment.now, settings, page);
  const applications = await Promise.all(listed.applications.map((application) => applicationEntry(deps, application)));
  const texts = textsOf(c, 'applications');
  const pageTexts = { texts, scopes: textsOf(c, 'scopes') };
  return accountPage(
    c,
    here,
    { title: texts.title, section: 'applications' },
    <>
      <h1>{texts.title}</h1>
      {listed.unreachable.length > 0 && <p class="warning">{texts.partly}</p>}
      {applications.length === 0 && after === undefined && <p>{texts.none}</p>}
      <ListForm action={APPLICATIONS_PAGE} formToken={formToken(deps, session.id)}>
        <ul class="cards items">
          {applications.map((application) => (
            <ApplicationCard {...application} {...pageTexts} />
          ))}
        </ul>
      </ListForm>
      <Pagination
        label={texts.title}
        first={after === undefined ? undefined : { href: APPLICATIONS_PAGE, label: texts.first }}
        next={listed.next === undefined ? undefined : { href: nextPageUrl(listed.next), label: texts.next }}
      />
    </>,
  );
}

const nextPageUrl = (after: string) => `${APPLICATIONS_PAGE}?${new URLSearchParams({ after })}`;

/** Revokes all access of a client, or one scope. */
export async function revokeApplication(c: Context<Web>) {
  const sent = await readAccountForm(c, APPLICATIONS_PAGE, 'withdraw-access');
  if (sent instanceof Response) return sent;
  const { signedIn: here, form } = sent;
  const { databases, moment } = c.get('deps');
  const { id } = here.user;
  // Neither a scope nor a client id has a space.
  const [client = '', scope] = (form.one('part') ?? form.required('client')).split(' ');
  if (scope === undefined) await withdrawConsent(databases, moment, `user:${id}`, id, client);
  else await withdrawScope(databases, moment, `user:${id}`, id, client, scope);
  return c.redirect(doneUrl(APPLICATIONS_PAGE, scope === undefined ? 'withdrawn' : 'scope-withdrawn'), 303);
}

type ApplicationEntry = Pick<Granted, 'since' | 'lastUsedAt'> & {
  id: string;
  /** Undefined for a deleted client. */
  client: Client | undefined;
  name: string;
  may: Scope[];
};

async function applicationEntry(
  deps: Deps,
  { clientId: id, since, lastUsedAt, ...allowed }: Granted,
): Promise<ApplicationEntry> {
  const settings = await deps.settings();
  const client =
    builtInClient(id, deps.config, settings) ?? (await findClientFromReplica(deps.databases, id, deps.moment.now));
  const name = client ? clientNameOf(client) : id;
  return { id, client, name, may: await describeScopes(deps, allowed), since, lastUsedAt };
}

type ApplicationTexts = { texts: Texts['applications']; scopes: Texts['scopes'] };

function ApplicationCard({
  id,
  client,
  name,
  may,
  since,
  lastUsedAt,
  texts,
  scopes,
}: ApplicationEntry & ApplicationTexts) {
  return (
    <Card
      title={
        <span class="who">
          {client && <ClientPicture client={client} />}
          <bdi>{name}</bdi>
        </span>
      }
    >
      <DescriptionList
        facts={[
          // CIMD §6.4: show the hostname of the client_id.
          [texts.host, client?.origin === 'document' ? clientHost(client.id) : undefined],
          [texts.since, <Day time={since} />],
          [texts.lastUsed, <Day time={lastUsedAt} />],
        ]}
      />
      <h3>{texts.may}</h3>
      <ul class="rows">
        {may.map((scope) => {
          const means = describeScope(scope, scopes);
          return (
            <li>
              {means}
              {scope.optional && (
                <ActionButton
                  name="part"
                  value={`${id} ${scope.name}`}
                  label={texts.leaveOut}
                  describe={texts.leaveOutOf(name, means)}
                />
              )}
            </li>
          );
        })}
      </ul>
      <ActionButton name="client" value={id} label={texts.withdraw(name)} destructive />
    </Card>
  );
}
