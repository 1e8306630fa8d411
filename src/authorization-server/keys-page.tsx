/** GET and POST /account/keys: what one's own programs use (see also /api/me/api-keys). */
import type { Context } from 'hono';
import { sentForm } from '../identity/account/form.ts';
import { accountPage, doneAt } from '../identity/account-page.tsx';
import { visitor } from '../identity/visitor.ts';
import { scopesForKeys } from '../protocol/api-key.ts';
import type { ApiKeyId } from '../protocol/credentials.ts';
import { describeScope, type Scope } from '../protocol/scope.ts';
import { listKeysOf, revokeKey } from '../storage/api-keys.ts';
import type { SignedIn } from '../storage/sessions.ts';
import type { Web } from '../web/context.ts';
import { formToken } from '../web/csrf.ts';
import { ActButton, Card, Day, Facts, ListForm } from '../web/pieces.tsx';
import { wordsOf } from '../web/words.ts';

export const KEYS = '/account/keys';
export const ADD_KEY = '/account/keys/add';

export async function showKeys(c: Context<Web>) {
  const here = await visitor(c, KEYS);
  if (here instanceof Response) return here;
  const { databases, moment } = c.get('deps');
  const [say, called] = [wordsOf(c, 'keys'), wordsOf(c, 'scopes')];
  const known = await scopesOf(c, here);
  const meaning = (name: string) => {
    const scope = known.find((one) => one.name === name);
    return scope ? describeScope(scope, called) : name;
  };
  const keys = await listKeysOf(databases, { person: here.person.id }, moment.now);
  return accountPage(
    c,
    here,
    { title: say.title, section: 'keys' },
    <>
      <h1>{say.title}</h1>
      <p>{say.lead}</p>
      {keys.length === 0 && <p>{say.none}</p>}
      <ListForm action={KEYS} formToken={formToken(c.get('deps'), here.session.id)}>
        <ul class="cards">
          {keys.map((key) => (
            <Card title={key.name}>
              <Facts
                facts={[
                  [say.may, key.scopes.map(meaning).join('; ')],
                  [say.since, <Day time={key.createdAt} />],
                  [say.lastUsed, key.lastUsedAt === null ? say.never : <Day time={key.lastUsedAt} />],
                  [say.until, <Day time={key.expiresAt} />],
                ]}
              />
              <ActButton name="key" value={key.id} label={say.revoke(key.name)} destructive />
            </Card>
          ))}
        </ul>
      </ListForm>
      <div class="actions">
        <a class="button" href={ADD_KEY}>
          {say.add}
        </a>
      </div>
    </>,
  );
}

export async function revokeOneKey(c: Context<Web>) {
  const sent = await sentForm(c, KEYS, 'revoke-key');
  if (sent instanceof Response) return sent;
  const { databases, moment } = c.get('deps');
  const { id } = sent.here.person;
  const of = { id: sent.form.required('key') as ApiKeyId, person: id };
  await revokeKey(databases, moment, `person:${id}`, of);
  return c.redirect(doneAt(KEYS, 'key-revoked'), 303);
}

/** Nobody gives away more than they hold. */
export async function scopesOf(c: Context<Web>, { person }: SignedIn): Promise<Scope[]> {
  const { scopes_supported } = await c.get('deps').settings();
  return scopesForKeys(scopes_supported, person.roles);
}
