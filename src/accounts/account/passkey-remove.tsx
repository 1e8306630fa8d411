/** GET and POST /account/passkeys/remove: the confirmation, and removing a passkey, except the last sign-in method. */
import type { Context } from 'hono';
import { notifyOwner } from '../../http/account-notice.ts';
import type { Web } from '../../http/context.ts';
import { parsePasskeyId } from '../../protocol/credentials.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { removePasskey } from '../../storage/users/passkey-changes.ts';
import { listPasskeys } from '../../storage/users/passkeys.ts';
import type { SignedIn } from '../../storage/users/signed-in.ts';
import { ErrorMessage } from '../../ui/components.tsx';
import { textsOf } from '../../ui/locale.ts';
import { accountPage, doneUrl } from '../account-page.tsx';
import { accountQuestion } from '../account-question.tsx';
import { requireSession } from '../require-session.ts';
import { readAccountForm } from './account-form.ts';
import { PASSKEYS_PAGE, REMOVE_PASSKEY } from './passkeys.tsx';
import { PASSWORD_PAGE } from './password.tsx';

const removalUrl = (id: string) => `${REMOVE_PASSKEY}?id=${encodeURIComponent(id.slice(0, 40))}`;

export async function showRemovePasskey(c: Context<Web>) {
  const id = c.req.query('id') ?? '';
  const signedIn = await requireSession(c, removalUrl(id), 'remove-passkey');
  return signedIn instanceof Response ? signedIn : removePage(c, signedIn, id);
}

export async function submitRemovePasskey(c: Context<Web>) {
  const sent = await readAccountForm(c, PASSKEYS_PAGE, 'remove-passkey');
  if (sent instanceof Response) return sent;
  const { signedIn, form } = sent;
  const deps = c.get('deps');
  const { databases, moment } = deps;
  const { user } = signedIn;
  const chosen = parsePasskeyId(form.required('id'));
  if (!chosen) throw new OAuthError('not_found', 'you have no such passkey.');
  const { isGone, removed } = await removePasskey(databases, moment, `user:${user.id}`, user.id, chosen);
  if (!isGone) return lastMethodPage(c, signedIn);
  if (removed !== undefined) notifyOwner(deps, user, 'passkey-removed', removed);
  return c.redirect(doneUrl(PASSKEYS_PAGE, 'passkey-removed'), 303);
}

async function removePage(c: Context<Web>, signedIn: SignedIn, id: string) {
  const deps = c.get('deps');
  const passkey = (await listPasskeys(deps.databases, signedIn.user.id)).find((one) => one.id === id);
  if (!passkey) throw new OAuthError('not_found', 'you have no such passkey.');
  const texts = textsOf(c, 'passkeys').removing;
  return accountQuestion(
    c,
    signedIn,
    {
      section: 'passkeys',
      question: texts.question(passkey.name),
      action: REMOVE_PASSKEY,
      id: passkey.id,
      submit: texts.submit,
      back: { href: PASSKEYS_PAGE, label: texts.back },
    },
    <p>{texts.what}</p>,
  );
}

function lastMethodPage(c: Context<Web>, signedIn: SignedIn) {
  const texts = textsOf(c, 'passkeys');
  return accountPage(
    c,
    signedIn,
    { title: texts.title, section: 'passkeys', status: 409 },
    <>
      <h1>{texts.title}</h1>
      <ErrorMessage>{texts.removing.last}</ErrorMessage>
      <div class="actions">
        <a class="button" href={PASSWORD_PAGE}>
          {texts.removing.choosePassword}
        </a>
      </div>
    </>,
  );
}
