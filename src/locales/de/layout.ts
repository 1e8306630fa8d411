/** German: the texts of ../en/layout.ts. */
import type { Texts } from '../en/index.ts';

export default {
  skip: 'Zum Inhalt springen',
  menu: 'Menü',
  breadcrumbs: 'Pfad',
  copy: 'Kopieren',
  copied: 'Kopiert',
  careful: 'Achtung.',
  language: 'Sprache',
  yourAccount: 'Ihr Konto',
  signOut: 'Abmelden',
  request: (id) => `Anfrage ${id}`,
  cancel: 'Abbrechen',
  earlier: 'Frühere',
  later: 'Spätere',
  pages: 'Seiten',
} satisfies Texts['layout'];
