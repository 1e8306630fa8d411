/** POST /account/second-factor/browsers, and the list of remembered browsers on the page of two-step sign-in. */
import type { Context } from 'hono';
import type { Web } from '../../http/context.ts';
import { formToken } from '../../http/csrf.ts';
import type { Texts } from '../../locales/index.ts';
import { parseRememberedBrowserId } from '../../protocol/credentials.ts';
import { forgetBrowser, forgetBrowsersOf } from '../../storage/users/forget-remembered-browsers.ts';
import { listRememberedBrowsers } from '../../storage/users/remembered-browsers.ts';
import type { SignedIn } from '../../storage/users/signed-in.ts';
import { ActionButton, ListForm } from '../../ui/action-forms.tsx';
import { Card, DescriptionList } from '../../ui/components.tsx';
import { textsOf } from '../../ui/locale.ts';
import { Day } from '../../ui/moment.tsx';
import { State } from '../../ui/names.tsx';
import { doneUrl } from '../account-page.tsx';
import { REMEMBERED_BROWSERS, SECOND_FACTOR_PAGE } from '../second-factor/paths.ts';
import { rememberedSecret } from '../second-factor/remembered-browser.ts';
import { deviceName } from '../user-agent-name.ts';
import { readAccountForm } from './account-form.ts';

/** Forgets the chosen browser, or all of them. */
export async function submitForgetBrowsers(c: Context<Web>) {
  const sent = await readAccountForm(c, SECOND_FACTOR_PAGE, 'forget-browser');
  if (sent instanceof Response) return sent;
  const { databases, moment } = c.get('deps');
  const { id: user } = sent.signedIn.user;
  const chosen = sent.form.one('browser');
  if (chosen === undefined) {
    await forgetBrowsersOf(databases, moment, `user:${user}`, user);
    return c.redirect(doneUrl(SECOND_FACTOR_PAGE, 'browsers-forgotten'), 303);
  }
  const id = parseRememberedBrowserId(chosen);
  // A browser of another user is neither forgotten nor disclosed.
  if (id) await forgetBrowser(databases, moment, user, id);
  return c.redirect(doneUrl(SECOND_FACTOR_PAGE, 'browser-forgotten'), 303);
}

/** The browsers that are remembered for a user. */
export async function readRememberedBrowsers(c: Context<Web>, { user }: SignedIn) {
  const { databases, moment, settings } = c.get('deps');
  const { remember_browser_days: days } = await settings();
  return listRememberedBrowsers(databases, user.id, { now: moment.now, days, secret: rememberedSecret(c) });
}

type RememberedBrowsers = Awaited<ReturnType<typeof readRememberedBrowsers>>;

/** The section of the page; nothing where no browser is remembered. */
export function rememberedBrowsersSection(c: Context<Web>, { session }: SignedIn, browsers: RememberedBrowsers) {
  if (browsers.length === 0) return null;
  const texts = textsOf(c, 'secondFactor').browsers;
  return (
    <>
      <h2>{texts.title}</h2>
      <p>{texts.lead}</p>
      <ListForm action={REMEMBERED_BROWSERS} formToken={formToken(c.get('deps'), session.id)}>
        <ul class="cards items">
          {browsers.map((browser) => (
            <BrowserCard browser={browser} texts={texts} sessions={textsOf(c, 'sessions')} />
          ))}
        </ul>
        <ActionButton label={texts.forgetAll} destructive />
      </ListForm>
    </>
  );
}

type BrowserCardProps = {
  browser: RememberedBrowsers[number];
  texts: Texts['secondFactor']['browsers'];
  sessions: Texts['sessions'];
};

function BrowserCard({ browser, texts, sessions }: BrowserCardProps) {
  const { id, userAgent, isThis, rememberedAt, lastUsedAt, expiresAt } = browser;
  const device = deviceName(userAgent, sessions);
  return (
    <Card title={device}>
      {isThis && (
        <p>
          <State text={sessions.thisOne} tone="good" />
        </p>
      )}
      <DescriptionList
        facts={[
          [texts.since, <Day time={rememberedAt} />],
          [texts.lastUsed, lastUsedAt === null ? undefined : <Day time={lastUsedAt} />],
          [texts.until, <Day time={expiresAt} />],
        ]}
      />
      <ActionButton label={texts.forget(device)} name="browser" value={id} />
    </Card>
  );
}
