/** GET and POST /confirm-address: the link that was mailed to an address. Opening it changes nothing; programs do, too. */
import type { Context } from 'hono';
import { setEmailByLink } from '../../storage/one-time-links.ts';
import { findPerson } from '../../storage/people.ts';
import { wasSpent } from '../../storage/spent.ts';
import { readForm } from '../../web/body.ts';
import type { Web } from '../../web/context.ts';
import { page } from '../../web/page.tsx';
import { parseParameters } from '../../web/parameters.ts';
import { problemPage } from '../../web/problem-page.tsx';
import { wordsOf } from '../../web/words.ts';
import { tellOwner } from '../notice.ts';
import { CONFIRM, EMAIL, EmailLink } from './email.tsx';

export async function showConfirmation(c: Context<Web>) {
  const text = parseParameters(new URL(c.req.url).search.slice(1)).one('link') ?? '';
  const link = await openEmailLink(c, text);
  if (!link) return badLinkPage(c);
  const say = wordsOf(c, 'email').confirm;
  return page(
    c,
    { title: say.title },
    <>
      <h1>{say.title}</h1>
      <p>{say.question(<strong>{link.to}</strong>)}</p>
      <form class="stack" method="post" action={CONFIRM}>
        <input type="hidden" name="link" value={text} />
        <div class="actions">
          <button type="submit">{say.submit}</button>
        </div>
      </form>
    </>,
  );
}

/** The link is the right to do this: whoever reads the mail has it, signed in or not. */
export async function confirmAddress(c: Context<Web>) {
  const deps = c.get('deps');
  const text = (await readForm(c, 'unsupported_media_type')).one('link') ?? '';
  const link = await openEmailLink(c, text);
  if (!link) return badLinkPage(c);
  const { person: personId, from, to, madeAt, until: expiresAt } = link;
  const opened = { personId, from, to, text, madeAt, expiresAt };
  const set = await setEmailByLink(deps.databases, deps.moment, opened).catch((error: unknown) => {
    if (wasSpent(error)) return false;
    throw error;
  });
  if (!set || !(await findPerson(deps.databases, personId))) return badLinkPage(c);
  // The address before: whoever took the account over reads mail at the other one.
  tellOwner(deps, from, from === to ? 'confirmed' : 'changed', wordsOf(c, 'mail'), to);
  return confirmedPage(c, to);
}

async function openEmailLink(c: Context<Web>, text: string) {
  const { config, moment } = c.get('deps');
  const link = EmailLink.safeParse(await config.root.unseal('email-link', text));
  return link.success && link.data.until > moment.now ? link.data : undefined;
}

function confirmedPage(c: Context<Web>, address: string) {
  const say = wordsOf(c, 'email').confirmed;
  return page(
    c,
    { title: say.title },
    <>
      <h1>{say.title}</h1>
      <p role="status">{say.what(<strong>{address}</strong>)}</p>
      <div class="actions">
        <a class="button" href="/account">
          {say.go}
        </a>
      </div>
    </>,
  );
}

function badLinkPage(c: Context<Web>) {
  const { title, what, go } = wordsOf(c, 'email').bad;
  return problemPage(c, { title, problem: what, ways: [{ href: EMAIL, label: go }] });
}
