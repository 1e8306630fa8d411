/** GET and POST /account/passkeys/add: making a passkey (WebAuthn §7.1). */
import type { Context } from 'hono';
import { newPasskeyId } from '../../protocol/credentials.ts';
import { addPasskey, listPasskeys, MOST_PASSKEYS } from '../../storage/passkeys.ts';
import type { SignedIn } from '../../storage/sessions.ts';
import { wasSpent } from '../../storage/spent.ts';
import type { Web } from '../../web/context.ts';
import { formToken } from '../../web/csrf.ts';
import { Field, Hidden } from '../../web/fields.tsx';
import { Problem } from '../../web/pieces.tsx';
import { wordsOf } from '../../web/words.ts';
import { accountPage, doneAt } from '../account-page.tsx';
import { deviceName } from '../device-name.ts';
import { tellOwner } from '../notice.ts';
import { askForNewPasskey, judgeNewPasskey, openCeremony } from '../passkeys/ceremony.ts';
import { PASSKEY_SCRIPT, PasskeyForm } from '../passkeys/form.tsx';
import { visitor } from '../visitor.ts';
import { sentForm } from './form.ts';
import { ADD_PASSKEY, PASSKEYS, PasskeyName } from './passkeys.tsx';

export async function showAddPasskey(c: Context<Web>) {
  const here = await visitor(c, ADD_PASSKEY, 'add-passkey');
  return here instanceof Response ? here : addPage(c, here);
}

export async function addOne(c: Context<Web>) {
  const sent = await sentForm(c, ADD_PASSKEY, 'add-passkey');
  if (sent instanceof Response) return sent;
  const { here, form } = sent;
  const deps = c.get('deps');
  const { refused } = wordsOf(c, 'passkeys').adding;
  const name = PasskeyName.safeParse(form.one('name'));
  const challenge = await openCeremony(deps, form.one('ceremony') ?? '', 'create', here.session.id);
  const key = challenge && (await judgeNewPasskey(deps, form.one('passkey') ?? '', challenge.challenge));
  if (!challenge || !key) return addPage(c, here, refused);
  const fallback = deviceName(here.session.userAgent, wordsOf(c, 'sessions'));
  const passkey = { id: newPasskeyId(), personId: here.person.id, name: name.data ?? fallback, ...key };
  try {
    if (!(await addPasskey(deps.databases, deps.moment, challenge, passkey))) return addPage(c, here, refused);
  } catch (error) {
    if (wasSpent(error)) return addPage(c, here, refused);
    throw error;
  }
  tellOwner(deps, here.person.email, 'passkey-added', wordsOf(c, 'mail'), passkey.name);
  return c.redirect(doneAt(PASSKEYS, 'passkey-added'), 303);
}

async function addPage(c: Context<Web>, here: SignedIn, problem?: string) {
  const deps = c.get('deps');
  const say = wordsOf(c, 'passkeys').adding;
  const { brand_name } = await deps.settings();
  const existing = await listPasskeys(deps.databases, here.person.id);
  const isFull = existing.length >= MOST_PASSKEYS;
  const asked = await askForNewPasskey(deps, brand_name, here.person, existing, here.session.id);
  return accountPage(
    c,
    here,
    { title: say.title, section: 'passkeys', status: problem ? 400 : 200, script: PASSKEY_SCRIPT },
    <>
      <h1>{say.title}</h1>
      <Problem>{problem}</Problem>
      <noscript>
        <p class="notice">{say.noScript}</p>
      </noscript>
      {isFull ? (
        <p class="notice">{say.full}</p>
      ) : (
        <PasskeyForm
          kind="create"
          action={ADD_PASSKEY}
          asked={asked}
          label={say.submit}
          failed={say.failed}
          unsupported={say.unsupported}
        >
          <Hidden formToken={formToken(deps, here.session.id)} />
          <Field
            name="name"
            label={say.name}
            type="text"
            autocomplete="off"
            hint={say.nameHint}
            value={deviceName(here.session.userAgent, wordsOf(c, 'sessions'))}
            maxlength={60}
          />
        </PasskeyForm>
      )}
    </>,
  );
}
