/**
 * Telling the owner of an account, by mail, that how one gets into it was changed: behind the response, to an address
 * that is theirs already, with no link in it.
 */
import { sha256 } from '../crypto/digest.ts';
import { countTry } from '../storage/sign-in-throttle.ts';
import type { Deps } from '../web/context.ts';
import { mailLater } from '../web/mail.ts';
import type { Words } from '../words/index.ts';

/** What there is to tell, by the name that the words have for it. */
export type Notice = keyof Words['mail']['notice']['what'];

/**
 * @param address whose mail the owner read before the change.
 * @param say the words for mail.
 */
export function tellOwner(
  deps: Deps,
  address: string,
  notice: Notice,
  { notice: say }: Words['mail'],
  detail = '',
): void {
  mailLater(deps, async () => {
    const settings = await deps.settings();
    // Counted apart from mail that strangers can ask for: else they could use up what would tell of them.
    const limit = { key: `notice-to:${sha256(address.toLowerCase())}`, failures: settings.mail_failures * 10 } as const;
    const isTooMuch = (await countTry(deps.databases, [limit], deps.moment.now, settings)) !== undefined;
    return isTooMuch ? undefined : { to: address, mail: say.mail(settings.brand_name, say.what[notice](detail)) };
  });
}
