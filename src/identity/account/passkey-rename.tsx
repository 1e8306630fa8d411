/** GET and POST /account/passkeys/rename: what a passkey is called. */
import type { Context } from 'hono';
import type { PasskeyId } from '../../protocol/credentials.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { listPasskeys, renamePasskey } from '../../storage/passkeys.ts';
import type { SignedIn } from '../../storage/sessions.ts';
import type { Web } from '../../web/context.ts';
import { formToken } from '../../web/csrf.ts';
import { Field, Hidden } from '../../web/fields.tsx';
import { wordsOf } from '../../web/words.ts';
import { accountPage, doneAt } from '../account-page.tsx';
import { visitor } from '../visitor.ts';
import { sentForm } from './form.ts';
import { PASSKEYS, PasskeyName, RENAME_PASSKEY } from './passkeys.tsx';

export async function showRenamePasskey(c: Context<Web>) {
  const id = c.req.query('id') ?? '';
  const here = await visitor(c, `${RENAME_PASSKEY}?id=${encodeURIComponent(id.slice(0, 40))}`, 'rename-passkey');
  return here instanceof Response ? here : renamePage(c, here, id);
}

export async function renameOne(c: Context<Web>) {
  const sent = await sentForm(c, PASSKEYS, 'rename-passkey');
  if (sent instanceof Response) return sent;
  const { here, form } = sent;
  const id = form.required('id') as PasskeyId;
  const name = PasskeyName.safeParse(form.one('name'));
  if (!name.success) return renamePage(c, here, id, wordsOf(c, 'passkeys').problems.name);
  const { databases, moment } = c.get('deps');
  await renamePasskey(databases, moment, here.person.id, id, name.data);
  return c.redirect(doneAt(PASSKEYS, 'passkey-renamed'), 303);
}

async function renamePage(c: Context<Web>, here: SignedIn, id: string, problem?: string) {
  const deps = c.get('deps');
  const passkey = (await listPasskeys(deps.databases, here.person.id)).find((one) => one.id === id);
  if (!passkey) throw new OAuthError('not_found', 'you have no such passkey.');
  const say = wordsOf(c, 'passkeys').renaming;
  return accountPage(
    c,
    here,
    { title: say.title, section: 'passkeys', status: problem ? 400 : 200 },
    <>
      <h1>{say.title}</h1>
      <form class="stack" method="post" action={RENAME_PASSKEY}>
        <Hidden formToken={formToken(deps, here.session.id)} />
        <input type="hidden" name="id" value={passkey.id} />
        <Field
          name="name"
          label={say.name}
          type="text"
          autocomplete="off"
          value={passkey.name}
          maxlength={60}
          error={problem}
        />
        <div class="actions">
          <button type="submit">{say.submit}</button>
        </div>
      </form>
    </>,
  );
}
