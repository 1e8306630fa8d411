/** The page with the secret of a new API key, which is shown once. */
import type { Context } from 'hono';
import type { Web } from '../../http/context.ts';
import type { SignedIn } from '../../storage/users/signed-in.ts';
import { textsOf } from '../../ui/locale.ts';
import { accountPage } from '../account-page.tsx';
import { API_KEYS_PAGE } from './api-keys.tsx';

export function madePage(c: Context<Web>, signedIn: SignedIn, authorization: string) {
  const texts = textsOf(c, 'keys').made;
  return accountPage(
    c,
    signedIn,
    { title: texts.title, section: 'keys' },
    <>
      <h1>{texts.title}</h1>
      <p class="notice" role="status">
        {texts.once}
      </p>
      <p>{texts.header}</p>
      <pre>
        <code>Authorization: {authorization}</code>
      </pre>
      <div class="actions">
        <a class="button" href={API_KEYS_PAGE}>
          {texts.back}
        </a>
      </div>
    </>,
  );
}
