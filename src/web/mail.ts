/** Sending mail: through Cloudflare's binding where the operator has one, to the log on this very machine, else not. */
import type { Settings } from '../protocol/settings.ts';
import type { Deps } from './context.ts';

export type Mail = { subject: string; text: string };

export type MailDeps = Pick<Deps, 'config' | 'email' | 'settings' | 'later' | 'moment'>;

/** Whether mail leaves this server: then it can prove who reads it. */
export function mailIsBound({ email }: Pick<Deps, 'email'>, settings: Settings): boolean {
  return email !== undefined && settings.mail_from !== '';
}

/** Whether somebody finds a mail of ours: in their box, or whoever runs this on their own machine in the log. */
export function canMail(deps: Pick<Deps, 'config' | 'email'>, settings: Settings): boolean {
  return mailIsBound(deps, settings) || deps.config.isLoopback;
}

/**
 * Writes and sends a mail behind the response, which therefore tells nothing by its time: neither whether there is one
 * to send, nor whether it went.
 * @param write the mail and whom it is for, or undefined where there is none to send.
 */
export function mailLater(deps: MailDeps, write: () => Promise<{ to: string; mail: Mail } | undefined>): void {
  deps.later(
    'send mail',
    (async () => {
      const written = await write();
      if (written) await send(deps, written.to, written.mail);
    })(),
  );
}

async function send(deps: MailDeps, to: string, { subject, text }: Mail): Promise<void> {
  const settings = await deps.settings();
  if (deps.email && mailIsBound(deps, settings)) {
    await deps.email.send({ from: { email: settings.mail_from, name: settings.brand_name }, to, subject, text });
    return;
  }
  // Never in production: whoever reads its log could open the links.
  if (deps.config.isLoopback) console.log(JSON.stringify({ mail: { to, subject, text } }));
}
