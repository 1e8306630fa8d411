/** GET /account/passkeys: the user's passkeys. Adding, renaming and removing have pages of their own. */
import type { Context } from 'hono';
import type { Web } from '../../http/context.ts';
import type { Texts } from '../../locales/index.ts';
import { PlainText } from '../../protocol/plain-text.ts';
import { listPasskeys, type Passkey } from '../../storage/users/passkeys.ts';
import type { SignedIn } from '../../storage/users/signed-in.ts';
import { Card, DescriptionList } from '../../ui/components.tsx';
import { textsOf } from '../../ui/locale.ts';
import { Day } from '../../ui/moment.tsx';
import { accountPage } from '../account-page.tsx';
import { requireSession } from '../require-session.ts';

export const PASSKEYS_PAGE = '/account/passkeys';
export const ADD_PASSKEY = '/account/passkeys/add';
export const RENAME_PASSKEY = '/account/passkeys/rename';
export const REMOVE_PASSKEY = '/account/passkeys/remove';

export const PasskeyName = PlainText.trim().min(1).max(60);

export async function showPasskeys(c: Context<Web>) {
  const signedIn = await requireSession(c, PASSKEYS_PAGE);
  return signedIn instanceof Response ? signedIn : passkeysPage(c, signedIn);
}

async function passkeysPage(c: Context<Web>, signedIn: SignedIn) {
  const texts = textsOf(c, 'passkeys');
  const list = await listPasskeys(c.get('deps').databases, signedIn.user.id);
  return accountPage(
    c,
    signedIn,
    { title: texts.title, section: 'passkeys' },
    <>
      <h1>{texts.title}</h1>
      <p>{texts.lead}</p>
      {list.length === 0 && <p>{texts.none}</p>}
      <ul class="cards items">
        {list.map((passkey) => (
          <PasskeyCard passkey={passkey} texts={texts} />
        ))}
      </ul>
      <div class="actions">
        <a class="button" href={ADD_PASSKEY}>
          {texts.add}
        </a>
      </div>
    </>,
  );
}

function PasskeyCard({ passkey, texts }: { passkey: Passkey; texts: Texts['passkeys'] }) {
  return (
    <Card title={passkey.name}>
      <DescriptionList
        facts={[
          [texts.kept, passkey.synced ? texts.synced : texts.bound],
          [texts.since, <Day time={passkey.createdAt} />],
          [texts.lastUsed, passkey.lastUsedAt === null ? texts.never : <Day time={passkey.lastUsedAt} />],
        ]}
      />
      <div class="actions">
        <a class="button secondary" href={`${RENAME_PASSKEY}?id=${passkey.id}`}>
          {texts.rename(passkey.name)}
        </a>
        <a class="button secondary" href={`${REMOVE_PASSKEY}?id=${passkey.id}`}>
          {texts.remove(passkey.name)}
        </a>
      </div>
    </Card>
  );
}
