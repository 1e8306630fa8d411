/** GET and POST /account/data: the export of the user's data, the link to deletion, and its cancellation. */

import type { Context } from 'hono';
import { jsonFile } from '../../http/api/json-file.ts';
import type { Web } from '../../http/context.ts';
import { formToken } from '../../http/csrf.ts';
import type { SignedIn } from '../../storage/users/signed-in.ts';
import { ButtonForm } from '../../ui/action-forms.tsx';
import { textsOf } from '../../ui/locale.ts';
import { Day } from '../../ui/moment.tsx';
import { cancelOwnDeletion } from '../account-deletion.ts';
import { accountPage, doneUrl } from '../account-page.tsx';
import { requireSession } from '../require-session.ts';
import { readAccountForm } from './account-form.ts';

export const DATA_PAGE = '/account/data';
export const DATA_EXPORT = `${DATA_PAGE}/export`;
export const ACCOUNT_DELETION = `${DATA_PAGE}/delete`;

export async function showData(c: Context<Web>) {
  const signedIn = await requireSession(c, DATA_PAGE);
  return signedIn instanceof Response ? signedIn : dataPage(c, signedIn);
}

/** Cancels a deletion that was requested in another browser. */
export async function submitCancelDeletion(c: Context<Web>) {
  const sent = await readAccountForm(c, DATA_PAGE, 'keep-account');
  if (sent instanceof Response) return sent;
  const { user } = sent.signedIn;
  if (user.deletionDueAt !== null) await cancelOwnDeletion(c.get('deps'), user);
  return c.redirect(doneUrl(DATA_PAGE, 'account-kept'), 303);
}

/** GET /account/data/export: all stored data of the user, as one file. */
export async function exportData(c: Context<Web>) {
  const signedIn = await requireSession(c, DATA_EXPORT, 'export-data');
  if (signedIn instanceof Response) return signedIn;
  const { databases, moment, waitUntil } = c.get('deps');
  const { id } = signedIn.user;
  // Loaded when it is first needed.
  const { exportUser, recordExport } = await import('../../storage/users/user-export.ts');
  waitUntil('note an export', recordExport(databases, moment, `user:${id}`, id));
  return jsonFile(c, await exportUser(databases, id, signedIn.user, moment.now));
}

function dataPage(c: Context<Web>, signedIn: SignedIn) {
  const texts = textsOf(c, 'yourData');
  const { deletionDueAt } = signedIn.user;
  return accountPage(
    c,
    signedIn,
    { title: texts.title, section: 'data' },
    <>
      <h1>{texts.title}</h1>
      {deletionDueAt !== null && (
        <>
          <p class="warning">{texts.scheduled(<Day time={deletionDueAt} />)}</p>
          <ButtonForm
            action={DATA_PAGE}
            label={texts.keep}
            hidden={{ form_token: formToken(c.get('deps'), signedIn.session.id) }}
            main
          />
        </>
      )}
      <h2>{texts.download.title}</h2>
      <p>{texts.download.what}</p>
      <div class="actions">
        <a class="button" href={DATA_EXPORT}>
          {texts.download.submit}
        </a>
      </div>
      {deletionDueAt === null && (
        <>
          <h2>{texts.delete.title}</h2>
          <p>{texts.delete.what}</p>
          <div class="actions">
            <a class="button secondary" href={ACCOUNT_DELETION}>
              {texts.delete.go}
            </a>
          </div>
        </>
      )}
    </>,
  );
}
