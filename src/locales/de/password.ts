/** German: the texts of ../en/password.ts. */
import type { Texts } from '../en/index.ts';

export default {
  title: 'Passwort',
  lead: 'Alle Ihre anderen Browser werden abgemeldet. Anwendungen mit Zugriff behalten ihn.',
  label: 'Neues Passwort',
  submit: 'Dieses Passwort speichern',
} satisfies Texts['password'];
