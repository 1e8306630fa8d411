/** German: the texts of ../en/sessions.ts. */
import type { Texts } from '../en/index.ts';

export default {
  title: 'Wo Sie angemeldet sind',
  lead: 'Melden Sie alles ab, was Sie nicht kennen, und wählen Sie ein anderes Passwort.',
  partly: 'Ein Teil der Liste kann gerade nicht angezeigt werden. Bitte sehen Sie in einer Minute noch einmal nach.',
  thisOne: 'Dieser Browser',
  signedIn: 'Angemeldet',
  lastSeen: 'Zuletzt aktiv',
  by: 'Mit',
  how: { pwd: 'einem Passwort', hwk: 'einem Passkey', swk: 'einem Passkey' },
  elsewhere: 'einem Konto bei einem anderen Dienst',
  end: (device) => `${device} abmelden`,
  endOthers: 'Alle anderen abmelden',
  unknownDevice: 'Unbekanntes Gerät',
  on: (browser, system) => `${browser} unter ${system}`,
} satisfies Texts['sessions'];
