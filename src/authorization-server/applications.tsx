/** GET and POST /account/applications: the applications with access to the account; revokes all or one scope of it. */
import type { Context } from 'hono';
import { readAccountForm } from '../accounts/account/account-form.ts';
import { accountPage, doneUrl } from '../accounts/account-page.tsx';
import { requireSession } from '../accounts/require-session.ts';
import type { Web } from '../http/context.ts';
import { formToken } from '../http/csrf.ts';
import { APPLICATIONS_PAGE } from '../protocol/endpoints.ts';
import { listApplications } from '../storage/grants/applications.ts';
import { withdrawConsent, withdrawScope } from '../storage/grants/withdraw-consent.ts';
import { ListForm } from '../ui/action-forms.tsx';
import { Pagination } from '../ui/components.tsx';
import { textsOf } from '../ui/locale.ts';
import { ApplicationCard, applicationEntry } from './application-card.tsx';

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
