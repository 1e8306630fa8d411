/** GET /account/passkeys: one's passkeys. Adding, renaming and removing have pages of their own. */
import type { Context } from 'hono';
import * as z from 'zod';
import { listPasskeys, type Passkey } from '../../storage/passkeys.ts';
import type { SignedIn } from '../../storage/sessions.ts';
import type { Web } from '../../web/context.ts';
import { Card, Day, Facts } from '../../web/pieces.tsx';
import { wordsOf } from '../../web/words.ts';
import type { Words } from '../../words/index.ts';
import { accountPage } from '../account-page.tsx';
import { visitor } from '../visitor.ts';

export const PASSKEYS = '/account/passkeys';
export const ADD_PASSKEY = '/account/passkeys/add';
export const RENAME_PASSKEY = '/account/passkeys/rename';
export const REMOVE_PASSKEY = '/account/passkeys/remove';

export const PasskeyName = z.string().trim().min(1).max(60);

export async function showPasskeys(c: Context<Web>) {
  const here = await visitor(c, PASSKEYS);
  return here instanceof Response ? here : passkeysPage(c, here);
}

async function passkeysPage(c: Context<Web>, here: SignedIn) {
  const say = wordsOf(c, 'passkeys');
  const list = await listPasskeys(c.get('deps').databases, here.person.id);
  return accountPage(
    c,
    here,
    { title: say.title, section: 'passkeys' },
    <>
      <h1>{say.title}</h1>
      <p>{say.lead}</p>
      {list.length === 0 && <p>{say.none}</p>}
      <ul class="cards">
        {list.map((passkey) => (
          <One passkey={passkey} say={say} />
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

function One({ passkey, say }: { passkey: Passkey; say: Words['passkeys'] }) {
  return (
    <Card title={passkey.name}>
      <Facts
        facts={[
          [say.kept, passkey.synced ? say.synced : say.bound],
          [say.since, <Day time={passkey.createdAt} />],
          [say.lastUsed, passkey.lastUsedAt === null ? say.never : <Day time={passkey.lastUsedAt} />],
        ]}
      />
      <div class="actions">
        <a class="button secondary" href={`${RENAME_PASSKEY}?id=${passkey.id}`}>
          {say.rename(passkey.name)}
        </a>
        <a class="button secondary" href={`${REMOVE_PASSKEY}?id=${passkey.id}`}>
          {say.remove(passkey.name)}
        </a>
      </div>
    </Card>
  );
}
