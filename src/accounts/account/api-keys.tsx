/** GET and POST /account/keys: the user's API keys (see also /api/me/api-keys). */
import type { Context } from 'hono';
import type { Web } from '../../http/context.ts';
import { formToken } from '../../http/csrf.ts';
import { apiKeyScopes } from '../../protocol/api-key.ts';
import { parseApiKeyId } from '../../protocol/credentials.ts';
import { describeScope, type Scope } from '../../protocol/scope.ts';
import { revokeKey } from '../../storage/users/api-key-changes.ts';
import { listKeysOf } from '../../storage/users/api-keys.ts';
import type { SignedIn } from '../../storage/users/signed-in.ts';
import { ActionButton, ListForm } from '../../ui/action-forms.tsx';
import { Card, DescriptionList } from '../../ui/components.tsx';
import { textsOf } from '../../ui/locale.ts';
import { Day } from '../../ui/moment.tsx';
import { accountPage, doneUrl } from '../account-page.tsx';
import { requireSession } from '../require-session.ts';
import { readAccountForm } from './account-form.ts';

export const API_KEYS_PAGE = '/account/keys';
export const NEW_API_KEY_PAGE = '/account/keys/add';

export async function showApiKeys(c: Context<Web>) {
  const signedIn = await requireSession(c, API_KEYS_PAGE);
  if (signedIn instanceof Response) return signedIn;
  const { databases, moment } = c.get('deps');
  const [texts, called] = [textsOf(c, 'keys'), textsOf(c, 'scopes')];
  const known = await grantableScopes(c, signedIn);
  const meaning = (name: string) => {
    const scope = known.find((one) => one.name === name);
    return scope ? describeScope(scope, called) : name;
  };
  const keys = await listKeysOf(databases, { user: signedIn.user.id }, moment.now);
  return accountPage(
    c,
    signedIn,
    { title: texts.title, section: 'keys' },
    <>
      <h1>{texts.title}</h1>
      <p>{texts.lead}</p>
      {keys.length === 0 && <p>{texts.none}</p>}
      <ListForm action={API_KEYS_PAGE} formToken={formToken(c.get('deps'), signedIn.session.id)}>
        <ul class="cards items">
          {keys.map((key) => (
            <Card title={key.name}>
              <DescriptionList
                facts={[
                  [texts.may, key.scopes.map(meaning).join('; ')],
                  [texts.since, <Day time={key.createdAt} />],
                  [texts.lastUsed, key.lastUsedAt === null ? texts.never : <Day time={key.lastUsedAt} />],
                  [texts.until, <Day time={key.expiresAt} />],
                ]}
              />
              <ActionButton name="key" value={key.id} label={texts.revoke(key.name)} destructive />
            </Card>
          ))}
        </ul>
      </ListForm>
      <div class="actions">
        <a class="button" href={NEW_API_KEY_PAGE}>
          {texts.add}
        </a>
      </div>
    </>,
  );
}

export async function revokeApiKeyByForm(c: Context<Web>) {
  const sent = await readAccountForm(c, API_KEYS_PAGE, 'revoke-key');
  if (sent instanceof Response) return sent;
  const { databases, moment } = c.get('deps');
  const { id } = sent.signedIn.user;
  const key = parseApiKeyId(sent.form.required('key'));
  if (key) await revokeKey(databases, moment, `user:${id}`, { id: key, user: id });
  return c.redirect(doneUrl(API_KEYS_PAGE, 'key-revoked'), 303);
}

/** The scopes that a user may give a key: those that their roles allow. */
export async function grantableScopes(c: Context<Web>, { user }: SignedIn): Promise<Scope[]> {
  const { scopes_supported } = await c.get('deps').settings();
  return apiKeyScopes(scopes_supported, user.roles);
}
