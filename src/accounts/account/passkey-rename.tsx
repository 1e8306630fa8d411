/** GET and POST /account/passkeys/rename: renaming a passkey. */
import type { Context } from 'hono';
import type { Web } from '../../http/context.ts';
import { formToken } from '../../http/csrf.ts';
import { parsePasskeyId } from '../../protocol/credentials.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { renamePasskey } from '../../storage/users/passkey-changes.ts';
import { listPasskeys } from '../../storage/users/passkeys.ts';
import type { SignedIn } from '../../storage/users/signed-in.ts';
import { Field, HiddenFields } from '../../ui/fields.tsx';
import { textsOf } from '../../ui/locale.ts';
import { accountPage, doneUrl } from '../account-page.tsx';
import { requireSession } from '../require-session.ts';
import { readAccountForm } from './account-form.ts';
import { PASSKEYS_PAGE, PasskeyName, RENAME_PASSKEY } from './passkeys.tsx';

export async function showRenamePasskey(c: Context<Web>) {
  const id = c.req.query('id') ?? '';
  const signedIn = await requireSession(
    c,
    `${RENAME_PASSKEY}?id=${encodeURIComponent(id.slice(0, 40))}`,
    'rename-passkey',
  );
  return signedIn instanceof Response ? signedIn : renamePage(c, signedIn, id);
}

export async function submitRenamePasskey(c: Context<Web>) {
  const sent = await readAccountForm(c, PASSKEYS_PAGE, 'rename-passkey');
  if (sent instanceof Response) return sent;
  const { signedIn, form } = sent;
  const id = parsePasskeyId(form.required('id'));
  if (!id) throw new OAuthError('not_found', 'you have no such passkey.');
  const name = PasskeyName.safeParse(form.one('name'));
  if (!name.success) return renamePage(c, signedIn, id, textsOf(c, 'passkeys').problems.name);
  const { databases, moment } = c.get('deps');
  await renamePasskey(databases, moment, signedIn.user.id, id, name.data);
  return c.redirect(doneUrl(PASSKEYS_PAGE, 'passkey-renamed'), 303);
}

async function renamePage(c: Context<Web>, signedIn: SignedIn, id: string, problem?: string) {
  const deps = c.get('deps');
  const passkey = (await listPasskeys(deps.databases, signedIn.user.id)).find((one) => one.id === id);
  if (!passkey) throw new OAuthError('not_found', 'you have no such passkey.');
  const texts = textsOf(c, 'passkeys').renaming;
  return accountPage(
    c,
    signedIn,
    { title: texts.title, section: 'passkeys', status: problem ? 400 : 200 },
    <>
      <h1>{texts.title}</h1>
      <form class="stack" method="post" action={RENAME_PASSKEY}>
        <HiddenFields formToken={formToken(deps, signedIn.session.id)} />
        <input type="hidden" name="id" value={passkey.id} />
        <Field
          name="name"
          label={texts.name}
          type="text"
          autocomplete="off"
          value={passkey.name}
          maxlength={60}
          error={problem}
        />
        <div class="actions">
          <button type="submit">{texts.submit}</button>
        </div>
      </form>
    </>,
  );
}
