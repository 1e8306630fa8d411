/**
 * Notices by mail to the owner of an account about changed sign-in methods: sent after the response, to the address
 * known before the change, without a link.
 */
import { sha256 } from '../crypto/digest.ts';
import type { Texts } from '../locales/index.ts';
import { countAttempt } from '../storage/users/sign-in-throttle.ts';
import type { Deps } from './context.ts';
import { type Mail, type MailDeps, mailLater } from './mail.ts';

/** The kind of change, by its key in the mail texts. */
export type AccountNotice = keyof Texts['mail']['notice']['what'];

/**
 * Mails the owner of an account about a change.
 * @param address the verified email address before the change.
 * @param texts the texts of mail.
 */
export function notifyOwner(
  deps: Deps,
  address: string,
  notice: AccountNotice,
  { notice: texts }: Texts['mail'],
  detail = '',
): void {
  mailNotice(deps, async () => ({ address, write: (server) => texts.mail(server, texts.what[notice](detail)) }));
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
