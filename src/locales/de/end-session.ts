/** German: the texts of ../en/end-session.ts. */
import type { Texts } from '../en/index.ts';

export default {
  title: 'Abmelden',
  question: 'Abmelden?',
  asks: (name) => [name, ' fragt, ob Sie sich auch hier abmelden möchten.'],
  noReturn:
    'Die Anwendung hat etwas gesendet, das hier nicht verwendet werden kann. Deshalb bleiben Sie nach dem Abmelden auf dieser Seite. Kehren Sie selbst zur Anwendung zurück.',
  anotherAccount:
    'Sie haben dort ein anderes Konto verwendet. Das Abmelden hier beendet, was in diesem Browser offen ist.',
  signedInAs: (email) => `Sie sind angemeldet als ${email}.`,
  told: 'Den Anwendungen, die Sie mit diesem Konto in diesem Browser verwenden, wird mitgeteilt, dass Sie sich abgemeldet haben.',
  submit: 'Abmelden',
  stay: 'Angemeldet bleiben',
  stayed: {
    title: 'Weiterhin angemeldet',
    heading: 'Sie sind weiterhin angemeldet',
    what: 'Hier wurde nichts beendet. Die Anwendung, von der Sie kommen, hat Sie möglicherweise bei sich selbst abgemeldet.',
    back: 'Zurück zur Anwendung',
    account: 'Ihr Konto',
  },
} satisfies Texts['endSession'];
