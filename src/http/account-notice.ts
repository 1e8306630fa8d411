/**
 * Notices by mail to the owner of an account about changed sign-in methods: sent after the response, to the address
 * known before the change, without a link.
 */
import { sha256 } from '../crypto/digest.ts';
import type { Texts } from '../locales/index.ts';
import { countAttempt } from '../storage/users/sign-in-throttle.ts';
import type { User } from '../storage/users/users.ts';

import type { Deps } from './context.ts';
import { formatDay } from './format-day.ts';
import { type Mail, type MailDeps, mailLater, mailTextsFor } from './mail.ts';

/** The kind of change, by its key in the mail texts. */
export type AccountNotice = keyof Texts['mail']['notice']['what'];

/**
 * Mails the owner of an account about a change, in their language.
 * @param owner with the verified email address before the change.
 * @param detail the name or day in the text.
 */
export function notifyOwner(
  deps: Deps,
  { email, locale }: Pick<User, 'email' | 'locale'>,
  notice: AccountNotice,
  detail: string | Date = '',
): void {
  mailNotice(deps, async () => {
    const { texts, language } = await mailTextsFor(deps, locale);
    const what = texts.notice.what[notice](typeof detail === 'string' ? detail : formatDay(detail, language));
    return { address: email, write: (server) => texts.notice.mail(server, what) };
  });
}

export type NoticeDeps = MailDeps & Pick<Deps, 'databases'>;

/**
 * Mails a notice after the response, within the limit of its address.
 * @param find the address, and the mail by the name of this server; undefined to send none.
 */
export function mailNotice(
  deps: NoticeDeps,
  find: () => Promise<{ address: string; write: (server: string) => Mail } | undefined>,
): void {
  mailLater(deps, async () => {
    const found = await find();
    if (!found) return undefined;
    const settings = await deps.settings();
    // A limit apart from that of mail on request: an attacker could exhaust the latter to suppress the notice.
    const key = `notice-to:${sha256(found.address.toLowerCase())}` as const;
    const limit = { key, failures: settings.mail_failures * 10 };
    const isTooMuch = (await countAttempt(deps.databases, [limit], deps.moment.now, settings)) !== undefined;
    return isTooMuch ? undefined : { to: found.address, mail: found.write(settings.brand_name) };
  });
}
