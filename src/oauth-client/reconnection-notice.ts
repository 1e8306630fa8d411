/** The notice to a user whose connection needs reconnecting, sent once per occurrence. */
import { mailNotice, type NoticeDeps } from '../http/account-notice.ts';
import { mailTextsFor } from '../http/mail.ts';
import { translateMessage } from '../locales/message.ts';
import type { ConnectedApp } from '../storage/providers/connected-apps.ts';
import type { ConnectionRow } from '../storage/providers/connections.ts';
import { findUser } from '../storage/users/users.ts';

/** Mails the user after the response; the app's own connection has none. */
export function mailReconnection(
  deps: NoticeDeps,
  { description: { name } }: ConnectedApp,
  { userId }: ConnectionRow,
  { reason, address }: { reason: string; address: string },
): void {
  if (userId === '') return;
  mailNotice(deps, async () => {
    const user = await findUser(deps.databases, userId);
    if (!user || user.disabledAt !== null) return undefined;
    // The request is of a client or the cron: its languages are not those of the user.
    const { texts, messages } = await mailTextsFor({ languages: async () => [] }, user.locale);
    const why = translateMessage(messages, reason);
    return { address: user.email, write: (server) => texts.reconnect(server, name, why, address) };
  });
}
