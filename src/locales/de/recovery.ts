/** German: the texts of ../en/recovery.ts. */
import type { Texts } from '../en/index.ts';

export default {
  title: 'Passwort vergessen?',
  lead: 'Geben Sie Ihre E-Mail-Adresse ein. Wir senden Ihnen einen Link, mit dem Sie ein neues Passwort wählen.',
  submit: 'Link senden',
  sent: {
    title: 'Sehen Sie in Ihr Postfach',
    what: 'Wenn es ein Konto mit dieser Adresse gibt, ist ein Link dorthin unterwegs. Er funktioniert eine Stunde lang.',
    how: 'Keine E-Mail? Sehen Sie im Spam-Ordner nach, und prüfen Sie, ob Sie die Adresse Ihres Kontos eingegeben haben.',
  },
  cannot: {
    title: 'Fragen Sie Ihren Administrator',
    what: 'Dieser Server kann keine E-Mails senden. Sein Administrator kann Ihnen einen Link geben, mit dem Sie ein neues Passwort wählen.',
  },
} satisfies Texts['recovery'];
