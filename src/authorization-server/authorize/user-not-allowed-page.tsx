/** The page of a user without a role that the client requires. */
import type { Context } from 'hono';
import { signInAddress } from '../../accounts/sign-in-continuation.ts';
import type { Web } from '../../http/context.ts';
import type { SignedIn } from '../../storage/users/signed-in.ts';
import { ErrorMessage } from '../../ui/components.tsx';
import { chooseLanguage, textsOf } from '../../ui/locale.ts';
import { page } from '../../ui/page.tsx';
import { requestingClientOf } from '../clients/client.ts';
import { ClientName } from '../clients/client-name.tsx';
import type { RedirectTarget } from './response-modes.ts';

/** @param to the path that restarts the request, for another account. */
export async function userNotAllowedPage(c: Context<Web>, target: RedirectTarget, { user }: SignedIn, to: string) {
  c.get('logFields').error = 'access_denied';
  await chooseLanguage(c);
  const other = await signInAddress(c.get('deps'), { to, ask: 'choice', asker: requestingClientOf(target) });
  const { notForYou: texts, another } = textsOf(c, 'consent');
  return page(
    c,
    { title: texts.title, status: 403, signedInAs: user.name },
    <>
      <h1>{texts.title}</h1>
      <ErrorMessage>{texts.what(<ClientName client={target.client} />, target.client.roles, user.email)}</ErrorMessage>
      <p>{texts.how}</p>
      <div class="actions">
        <a class="button" href={other}>
          {another}
        </a>
      </div>
    </>,
  );
}
