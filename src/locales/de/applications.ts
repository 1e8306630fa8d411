/** German: the texts of ../en/applications.ts. */
import type { Texts } from '../en/index.ts';

export default {
  title: 'Anwendungen mit Zugriff',
  partly: 'Ein Teil der Liste kann gerade nicht angezeigt werden. Bitte sehen Sie in einer Minute noch einmal nach.',
  none: 'Keine Anwendung darf Ihr Konto verwenden.',
  next: 'Weitere Anwendungen',
  first: 'Zurück zum Anfang',
  may: 'Berechtigungen',
  host: 'Beschrieben bei',
  since: 'Seit',
  lastUsed: 'Zuletzt verwendet',
  leaveOut: 'Entziehen',
  leaveOutOf: (name, what) => `Entziehen für ${name}: ${what}`,
  withdraw: (name) => `${name} den Zugriff entziehen`,
} satisfies Texts['applications'];
