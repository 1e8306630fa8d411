/** GET and POST /account/passkeys/add: registering a passkey (WebAuthn §7.1). */
import type { Context } from 'hono';
import { notifyOwner } from '../../http/account-notice.ts';
import type { Web } from '../../http/context.ts';
import { formToken } from '../../http/csrf.ts';
import { newPasskeyId } from '../../protocol/credentials.ts';
import { wasUsed } from '../../storage/grants/single-use.ts';
import { addPasskey, listPasskeys, MAX_PASSKEYS } from '../../storage/users/passkeys.ts';
import type { SignedIn } from '../../storage/users/signed-in.ts';
import { ErrorMessage } from '../../ui/components.tsx';
import { Field, HiddenFields } from '../../ui/fields.tsx';
import { textsOf } from '../../ui/locale.ts';
import { accountPage, doneUrl } from '../account-page.tsx';
import { requestNewPasskey, verifyNewPasskey } from '../passkeys/ceremony.ts';
import { PASSKEY_SCRIPT, PasskeyForm } from '../passkeys/form.tsx';
import { openCeremony } from '../passkeys/sealed-ceremony.ts';
import { requireSession } from '../require-session.ts';
import { deviceName } from '../user-agent-name.ts';
import { readAccountForm } from './account-form.ts';
import { ADD_PASSKEY, PASSKEYS_PAGE, PasskeyName } from './passkeys.tsx';

export async function showAddPasskey(c: Context<Web>) {
  const signedIn = await requireSession(c, ADD_PASSKEY, 'add-passkey');
  return signedIn instanceof Response ? signedIn : addPage(c, signedIn);
}

export async function submitAddPasskey(c: Context<Web>) {
  const sent = await readAccountForm(c, ADD_PASSKEY, 'add-passkey');
  if (sent instanceof Response) return sent;
  const { signedIn, form } = sent;
  const deps = c.get('deps');
  const { refused } = textsOf(c, 'passkeys').adding;
  const name = PasskeyName.safeParse(form.one('name'));
  const challenge = await openCeremony(deps, form.one('ceremony') ?? '', 'create', signedIn.session.id);
  const key = challenge && (await verifyNewPasskey(deps, form.one('passkey') ?? '', challenge.challenge));
  if (!challenge || !key) return addPage(c, signedIn, refused);
  const fallback = deviceName(signedIn.session.userAgent, textsOf(c, 'sessions'));
  const passkey = { id: newPasskeyId(), userId: signedIn.user.id, name: name.data ?? fallback, ...key };
  try {
    if (!(await addPasskey(deps.databases, deps.moment, challenge, passkey))) return addPage(c, signedIn, refused);
  } catch (error) {
    if (wasUsed(error)) return addPage(c, signedIn, refused);
    throw error;
  }
  notifyOwner(deps, signedIn.user, 'passkey-added', passkey.name);
  return c.redirect(doneUrl(PASSKEYS_PAGE, 'passkey-added'), 303);
}

async function addPage(c: Context<Web>, signedIn: SignedIn, problem?: string) {
  const deps = c.get('deps');
  const texts = textsOf(c, 'passkeys').adding;
  const { brand_name } = await deps.settings();
  const existing = await listPasskeys(deps.databases, signedIn.user.id);
  const isFull = existing.length >= MAX_PASSKEYS;
  const challenge = await requestNewPasskey(deps, brand_name, signedIn.user, existing, signedIn.session.id);
  return accountPage(
    c,
    signedIn,
    { title: texts.title, section: 'passkeys', status: problem ? 400 : 200, scripts: [PASSKEY_SCRIPT] },
    <>
      <h1>{texts.title}</h1>
      <ErrorMessage>{problem}</ErrorMessage>
      <noscript>
        <p class="notice">{texts.noScript}</p>
      </noscript>
      {isFull ? (
        <p class="notice">{texts.full}</p>
      ) : (
        <PasskeyForm
          kind="create"
          action={ADD_PASSKEY}
          challenge={challenge}
          label={texts.submit}
          failed={texts.failed}
          unsupported={texts.unsupported}
        >
          <HiddenFields formToken={formToken(deps, signedIn.session.id)} />
          <Field
            name="name"
            label={texts.name}
            type="text"
            autocomplete="off"
            hint={texts.nameHint}
            value={deviceName(signedIn.session.userAgent, textsOf(c, 'sessions'))}
            maxlength={60}
          />
        </PasskeyForm>
      )}
    </>,
  );
}
