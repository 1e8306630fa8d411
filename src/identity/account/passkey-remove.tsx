/** GET and POST /account/passkeys/remove: the question, and removing a passkey; never the only way in. */
import type { Context } from 'hono';
import type { PasskeyId } from '../../protocol/credentials.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { listPasskeys, removePasskey } from '../../storage/passkeys.ts';
import type { SignedIn } from '../../storage/sessions.ts';
import type { Web } from '../../web/context.ts';
import { formToken } from '../../web/csrf.ts';
import { Confirm, Problem } from '../../web/pieces.tsx';
import { wordsOf } from '../../web/words.ts';
import { accountPage, doneAt } from '../account-page.tsx';
import { tellOwner } from '../notice.ts';
import { visitor } from '../visitor.ts';
import { sentForm } from './form.ts';
import { PASSKEYS, REMOVE_PASSKEY } from './passkeys.tsx';
import { PASSWORD } from './password.tsx';

const addressOf = (id: string) => `${REMOVE_PASSKEY}?id=${encodeURIComponent(id.slice(0, 40))}`;

export async function showRemovePasskey(c: Context<Web>) {
  const id = c.req.query('id') ?? '';
  const here = await visitor(c, addressOf(id), 'remove-passkey');
  return here instanceof Response ? here : removePage(c, here, id);
}

export async function removeOne(c: Context<Web>) {
  const sent = await sentForm(c, PASSKEYS, 'remove-passkey');
  if (sent instanceof Response) return sent;
  const { here, form } = sent;
  const deps = c.get('deps');
  const { databases, moment, settings } = deps;
  const { id, email } = here.person;
  const chosen = form.required('id') as PasskeyId;
  const { isGone, removed } = await removePasskey(databases, moment, `person:${id}`, id, chosen, await settings());
  if (!isGone) return lastPage(c, here);
  if (removed !== undefined) tellOwner(deps, email, 'passkey-removed', wordsOf(c, 'mail'), removed);
  return c.redirect(doneAt(PASSKEYS, 'passkey-removed'), 303);
}

async function removePage(c: Context<Web>, here: SignedIn, id: string) {
  const deps = c.get('deps');
  const passkey = (await listPasskeys(deps.databases, here.person.id)).find((one) => one.id === id);
  if (!passkey) throw new OAuthError('not_found', 'you have no such passkey.');
  const say = wordsOf(c, 'passkeys').removing;
  return accountPage(
    c,
    here,
    { title: say.question(passkey.name), section: 'passkeys' },
    <Confirm
      heading={say.question(passkey.name)}
      action={REMOVE_PASSKEY}
      hidden={{ form_token: formToken(deps, here.session.id), id: passkey.id }}
      submit={say.submit}
      back={{ href: PASSKEYS, label: say.back }}
    >
      <p>{say.what}</p>
    </Confirm>,
  );
}

function lastPage(c: Context<Web>, here: SignedIn) {
  const say = wordsOf(c, 'passkeys');
  return accountPage(
    c,
    here,
    { title: say.title, section: 'passkeys', status: 409 },
    <>
      <h1>{say.title}</h1>
      <Problem>{say.removing.last}</Problem>
      <div class="actions">
        <a class="button" href={PASSWORD}>
          {say.removing.choosePassword}
        </a>
      </div>
    </>,
  );
}
