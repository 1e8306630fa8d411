/** GET and POST /account/keys/add: making an API key; its secret is shown once. */
import type { Context } from 'hono';
import * as z from 'zod';
import { sentForm } from '../identity/account/form.ts';
import { accountPage } from '../identity/account-page.tsx';
import { visitor } from '../identity/visitor.ts';
import { NewApiKeyRequest, showNewApiKey } from '../protocol/api-key.ts';
import { newApiKeyId, newApiKeySecret } from '../protocol/credentials.ts';
import { DAY } from '../protocol/lifetimes.ts';
import { describeScope } from '../protocol/scope.ts';
import { createKey } from '../storage/api-keys.ts';
import type { SignedIn } from '../storage/sessions.ts';
import type { Web } from '../web/context.ts';
import { formToken } from '../web/csrf.ts';
import { Field, Hidden, Select } from '../web/fields.tsx';
import { Problem } from '../web/pieces.tsx';
import { wordsOf } from '../web/words.ts';
import { ADD_KEY, KEYS, scopesOf } from './keys-page.tsx';

const DAYS = [30, 90, 365];

export async function showAddKey(c: Context<Web>) {
  const here = await visitor(c, ADD_KEY, 'create-key');
  return here instanceof Response ? here : addPage(c, here, {}, {});
}

const Asked = z.object({
  name: NewApiKeyRequest.shape.name,
  scopes: z.array(z.string()).min(1),
  days: z.coerce.number().int().min(1).max(365),
});

export async function makeKey(c: Context<Web>) {
  const sent = await sentForm(c, ADD_KEY, 'create-key', ['scope']);
  if (sent instanceof Response) return sent;
  const { here, form } = sent;
  const { databases, moment } = c.get('deps');
  const say = wordsOf(c, 'keys').adding;
  const may = (await scopesOf(c, here)).map((scope) => scope.name);
  const typed = { name: form.one('name'), days: form.one('days') };
  const asked = Asked.safeParse({ ...typed, scopes: form.all('scope').filter((name) => may.includes(name)) });
  if (!asked.success) {
    const wrong = (field: string) => asked.error.issues.some(({ path }) => path[0] === field);
    return addPage(c, here, typed, {
      name: wrong('name') ? say.problems.name : undefined,
      scopes: wrong('scopes') ? say.problems.scopes : undefined,
    });
  }
  const { name, scopes, days } = asked.data;
  const secret = newApiKeySecret();
  const key = { id: newApiKeyId(), personId: here.person.id, name, scopes, expiresAt: moment.now + days * DAY };
  const made = await createKey(databases, moment, `person:${here.person.id}`, { ...key, secret });
  if (!made) return addPage(c, here, typed, { form: say.full });
  const { authorization } = showNewApiKey({ ...key, createdAt: moment.now, lastUsedAt: null }, secret);
  return madePage(c, here, authorization);
}

type Problems = { name?: string | undefined; scopes?: string | undefined; form?: string };

async function addPage(
  c: Context<Web>,
  here: SignedIn,
  typed: { name?: string | undefined; days?: string | undefined },
  problems: Problems,
) {
  const { adding: say } = wordsOf(c, 'keys');
  const called = wordsOf(c, 'scopes');
  const failed = Object.values(problems).some(Boolean);
  return accountPage(
    c,
    here,
    { title: say.title, section: 'keys', status: failed ? 400 : 200 },
    <>
      <h1>{say.title}</h1>
      <Problem>{problems.form}</Problem>
      <form class="stack" method="post" action={ADD_KEY}>
        <Hidden formToken={formToken(c.get('deps'), here.session.id)} />
        <Field
          name="name"
          label={say.name}
          type="text"
          autocomplete="off"
          value={typed.name?.slice(0, 200)}
          error={problems.name}
        />
        <fieldset aria-describedby={problems.scopes && 'scope-error'}>
          <legend>{say.mayIt}</legend>
          {problems.scopes && (
            <p class="field-error" id="scope-error" tabindex={-1} autofocus>
              {problems.scopes}
            </p>
          )}
          <ul class="scopes">
            {(await scopesOf(c, here)).map((scope) => (
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
          label={say.days}
          value={typed.days ?? '90'}
          choices={DAYS.map((days) => ({ value: String(days), label: say.lasts(days) }))}
        />
        <div class="actions">
          <button type="submit">{say.submit}</button>
        </div>
      </form>
    </>,
  );
}

function madePage(c: Context<Web>, here: SignedIn, authorization: string) {
  const say = wordsOf(c, 'keys').made;
  return accountPage(
    c,
    here,
    { title: say.title, section: 'keys' },
    <>
      <h1>{say.title}</h1>
      <p class="notice" role="status">
        {say.once}
      </p>
      <p>{say.header}</p>
      <pre>
        <code>Authorization: {authorization}</code>
      </pre>
      <div class="actions">
        <a class="button" href={KEYS}>
          {say.back}
        </a>
      </div>
    </>,
  );
}
