/** GET and POST /account/passkeys: one's passkeys; renaming them. Adding and removing have pages of their own. */
import type { Context } from 'hono';
import * as z from 'zod';
import type { PasskeyId } from '../../protocol/credentials.ts';
import { listPasskeys, type Passkey, renamePasskey } from '../../storage/passkeys.ts';
import type { SignedIn } from '../../storage/sessions.ts';
import type { Web } from '../../web/context.ts';
import { formToken } from '../../web/csrf.ts';
import { Field, Hidden } from '../../web/fields.tsx';
import { Card, Day, Facts } from '../../web/pieces.tsx';
import { wordsOf } from '../../web/words.ts';
import { accountPage, doneAt } from '../account-page.tsx';
import { visitor } from '../visitor.ts';
import { sentForm } from './form.ts';

export const PASSKEYS = '/account/passkeys';
export const ADD_PASSKEY = '/account/passkeys/add';
export const REMOVE_PASSKEY = '/account/passkeys/remove';

export const PasskeyName = z.string().trim().min(1).max(60);

export async function showPasskeys(c: Context<Web>) {
  const here = await visitor(c, PASSKEYS);
  return here instanceof Response ? here : passkeysPage(c, here);
}

export async function renameOne(c: Context<Web>) {
  const sent = await sentForm(c, PASSKEYS, 'rename-passkey');
  if (sent instanceof Response) return sent;
  const { here, form } = sent;
  const id = form.required('id') as PasskeyId;
  const name = PasskeyName.safeParse(form.one('name'));
  if (!name.success) return passkeysPage(c, here, id);
  const { databases, moment } = c.get('deps');
  await renamePasskey(databases, moment, here.person.id, id, name.data);
  return c.redirect(doneAt(PASSKEYS, 'passkey-renamed'), 303);
}

async function passkeysPage(c: Context<Web>, here: SignedIn, wrong?: PasskeyId) {
  const deps = c.get('deps');
  const say = wordsOf(c, 'passkeys');
  const list = await listPasskeys(deps.databases, here.person.id);
  const token = formToken(deps, here.session.id);
  return accountPage(
    c,
    here,
    { title: say.title, section: 'passkeys', status: wrong ? 400 : 200 },
    <>
      <h1>{say.title}</h1>
      <p>{say.lead}</p>
      {list.length === 0 && <p>{say.none}</p>}
      <ul class="cards">
        {list.map((passkey) => (
          <One
            passkey={passkey}
            formToken={token}
            say={say}
            problem={passkey.id === wrong ? say.problems.name : undefined}
          />
        ))}
      </ul>
      <div class="actions">
        <a class="button" href={ADD_PASSKEY}>
          {say.add}
        </a>
      </div>
    </>,
  );
}

type Say = ReturnType<typeof wordsOf<'passkeys'>>;

function One(props: { passkey: Passkey; formToken: string; say: Say; problem: string | undefined }) {
  const { passkey, say } = props;
  return (
    <Card title={passkey.name}>
      <Facts
        facts={[
          [say.kept, passkey.synced ? say.synced : say.bound],
          [say.since, <Day time={passkey.createdAt} />],
          [say.lastUsed, passkey.lastUsedAt === null ? say.never : <Day time={passkey.lastUsedAt} />],
        ]}
      />
      <form class="stack" method="post" action={PASSKEYS}>
        <Hidden formToken={props.formToken} />
        <input type="hidden" name="id" value={passkey.id} />
        <Field
          id={`name-${passkey.id}`}
          name="name"
          label={say.name}
          type="text"
          autocomplete="off"
          value={passkey.name}
          maxlength={60}
          error={props.problem}
        />
        <div class="actions">
          <button type="submit" class="secondary">
            {say.rename}
          </button>
          <a class="button secondary" href={`${REMOVE_PASSKEY}?id=${passkey.id}`}>
            {say.remove}
          </a>
        </div>
      </form>
    </Card>
  );
}
