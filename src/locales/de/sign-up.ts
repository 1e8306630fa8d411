/** German: the texts of ../en/sign-up.ts. */
import type { Texts } from '../en/index.ts';

export default {
  title: 'Konto erstellen',
  submit: 'Konto erstellen',
  stale: 'Diese Seite war zu lange geöffnet, oder Cookies sind ausgeschaltet. Bitte versuchen Sie es noch einmal.',
  taken: 'Diese Adresse kann nicht verwendet werden. Wenn das Konto Ihnen gehört, melden Sie sich stattdessen an.',
  byMail: 'Wir senden Ihnen einen Link, um Ihre Adresse zu bestätigen. Danach wählen Sie Ihr Passwort.',
  askForLink: 'Link senden',
  sent: {
    title: 'Sehen Sie in Ihr Postfach',
    what: 'Ein Link ist unterwegs an die Adresse, die Sie eingegeben haben. Öffnen Sie ihn, um fortzufahren. Er funktioniert eine Stunde lang.',
  },
  finish: {
    title: 'Fast geschafft',
    lead: (address) => ['Wählen Sie das Passwort, mit dem Sie sich anmelden als ', address, '.'],
  },
  haveOne: (link) => ['Sie haben schon eines? ', link('Anmelden')],
} satisfies Texts['signUp'];
