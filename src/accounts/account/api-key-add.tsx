/** GET and POST /account/keys/add: creating an API key; its secret is shown once. */
import type { Context } from 'hono';
import * as z from 'zod';
import { notifyOwner } from '../../http/account-notice.ts';
import type { Web } from '../../http/context.ts';
import { formToken } from '../../http/csrf.ts';
import { NewApiKeyRequest, newApiKeyResponse } from '../../protocol/api-key.ts';
import { newApiKeyId, newApiKeySecret } from '../../protocol/credentials.ts';
import { DAY } from '../../protocol/lifetimes.ts';
import { describeScope } from '../../protocol/scope.ts';
import { createKey } from '../../storage/users/api-key-changes.ts';
import type { SignedIn } from '../../storage/users/signed-in.ts';
import { Select } from '../../ui/choice-fields.tsx';
import { ErrorMessage } from '../../ui/components.tsx';
import { Field, HiddenFields } from '../../ui/fields.tsx';
import { textsOf } from '../../ui/locale.ts';
import { accountPage } from '../account-page.tsx';
import { requireSession } from '../require-session.ts';
import { readAccountForm } from './account-form.ts';
import { madePage } from './api-key-created-page.tsx';
import { grantableScopes, NEW_API_KEY_PAGE } from './api-keys.tsx';

const DAYS = [30, 90, 365];

export async function showApiKeyForm(c: Context<Web>) {
  const signedIn = await requireSession(c, NEW_API_KEY_PAGE, 'create-key');
  return signedIn instanceof Response ? signedIn : addPage(c, signedIn, {}, {});
}

const ApiKeyForm = z.object({
  name: NewApiKeyRequest.shape.name,
  scopes: z.array(z.string()).min(1),
  days: z.coerce.number().int().min(1).max(365),
});

export async function createApiKeyByForm(c: Context<Web>) {
  const sent = await readAccountForm(c, NEW_API_KEY_PAGE, 'create-key', ['scope']);
  if (sent instanceof Response) return sent;
  const { signedIn, form } = sent;
  const { databases, moment } = c.get('deps');
  const texts = textsOf(c, 'keys').adding;
  const may = (await grantableScopes(c, signedIn)).map((scope) => scope.name);
  const values = { name: form.one('name'), days: form.one('days') };
  const parsed = ApiKeyForm.safeParse({ ...values, scopes: form.all('scope').filter((name) => may.includes(name)) });
  if (!parsed.success) {
    const wrong = (field: string) => parsed.error.issues.some(({ path }) => path[0] === field);
    return addPage(c, signedIn, values, {
      name: wrong('name') ? texts.problems.name : undefined,
      scopes: wrong('scopes') ? texts.problems.scopes : undefined,
    });
  }
  const { name, scopes, days } = parsed.data;
  const secret = newApiKeySecret();
  const key = { id: newApiKeyId(), userId: signedIn.user.id, name, scopes, expiresAt: moment.now + days * DAY };
  const made = await createKey(databases, moment, `user:${signedIn.user.id}`, { ...key, secret });
  if (!made) return addPage(c, signedIn, values, { form: texts.full });
  notifyOwner(c.get('deps'), signedIn.user, 'key-created', name);
  const { authorization } = newApiKeyResponse({ ...key, createdAt: moment.now, lastUsedAt: null }, secret);
  return madePage(c, signedIn, authorization);
}

type Problems = { name?: string | undefined; scopes?: string | undefined; form?: string };

async function addPage(
  c: Context<Web>,
  signedIn: SignedIn,
  values: { name?: string | undefined; days?: string | undefined },
  problems: Problems,
) {
  const { adding: texts } = textsOf(c, 'keys');
  const called = textsOf(c, 'scopes');
  const failed = Object.values(problems).some(Boolean);
  return accountPage(
    c,
    signedIn,
    { title: texts.title, section: 'keys', status: failed ? 400 : 200 },
    <>
      <h1>{texts.title}</h1>
      <ErrorMessage>{problems.form}</ErrorMessage>
      <form class="stack" method="post" action={NEW_API_KEY_PAGE}>
        <HiddenFields formToken={formToken(c.get('deps'), signedIn.session.id)} />
        <Field
          name="name"
          label={texts.name}
          type="text"
          autocomplete="off"
          value={values.name?.slice(0, 200)}
          error={problems.name}
        />
        <fieldset aria-describedby={problems.scopes && 'scope-error'}>
          <legend>{texts.mayIt}</legend>
          {problems.scopes && (
            <p class="field-error" id="scope-error" tabindex={-1} autofocus>
              {problems.scopes}
            </p>
          )}
          <ul class="scopes">
            {(await grantableScopes(c, signedIn)).map((scope) => (
              <li>
                <label>
                  <input type="checkbox" name="scope" value={scope.name} /> {describeScope(scope, called)}
                </label>
              </li>
            ))}
          </ul>
        </fieldset>
        <Select
          name="days"
          label={texts.days}
          value={values.days ?? '90'}
          choices={DAYS.map((days) => ({ value: String(days), label: texts.lasts(days) }))}
        />
        <div class="actions">
          <button type="submit">{texts.submit}</button>
        </div>
      </form>
    </>,
  );
}
