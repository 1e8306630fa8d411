/** Mail: sent by Cloudflare's binding where there is one, written to the log on loopback, otherwise not sent. */

import { findLanguage, loadTranslation } from '../locales/choose-language.ts';
import type { Texts, Translation } from '../locales/index.ts';
import { FALLBACK, type LanguageTag } from '../locales/languages.ts';
import type { Settings } from '../protocol/settings.ts';
import type { Deps } from './context.ts';

export type Mail = { subject: string; text: string };

export type MailDeps = Pick<Deps, 'config' | 'email' | 'settings' | 'waitUntil' | 'moment' | 'languages'>;

/** The texts of mails and of the errors in them, and their language. */
export type MailTexts = { texts: Texts['mail']; messages: Translation['messages']; language: LanguageTag };

/**
 * The texts of mails in the language that the recipient chose, else in one that the request prefers.
 * @param locale the choice of the user; null where they made none, or have no account.
 */
export async function mailTextsFor({ languages }: Pick<Deps, 'languages'>, locale: string | null): Promise<MailTexts> {
  const language = findLanguage([locale, ...(await languages())]) ?? FALLBACK;
  const { mail: texts, messages } = await loadTranslation(language);
  return { texts, messages, language };
}

/** True where mail is sent, so that a link in it verifies an email address. */
export function canSendMail({ email }: Pick<Deps, 'email'>, settings: Settings): boolean {
  return email !== undefined && settings.mail_from !== '';
}

/** True where mail reaches its reader: sent, or on loopback written to the log. */
export function canDeliverMail(deps: Pick<Deps, 'config' | 'email'>, settings: Settings): boolean {
  return canSendMail(deps, settings) || deps.config.isLoopback;
}

/**
 * Writes and sends mail after the response, so that the response time does not disclose that an account exists.
 * @param write the mail and its recipient; undefined to send none.
 */
export function mailLater(deps: MailDeps, write: () => Promise<{ to: string; mail: Mail } | undefined>): void {
  deps.waitUntil(
    'send mail',
    (async () => {
      const written = await write();
      if (written) await send(deps, written.to, written.mail);
    })(),
  );
}

async function send(deps: MailDeps, to: string, { subject, text }: Mail): Promise<void> {
  const settings = await deps.settings();
  if (deps.email && canSendMail(deps, settings)) {
    await deps.email.send({ from: { email: settings.mail_from, name: settings.brand_name }, to, subject, text });
    return;
  }
  // Never in production: the links in the log could be opened by its readers.
  if (deps.config.isLoopback) console.log(JSON.stringify({ mail: { to, subject, text } }));
}
