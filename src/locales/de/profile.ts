/** German: the texts of ../en/profile.ts. */
import type { Texts } from '../en/index.ts';

export default {
  title: 'Profil',
  lead: 'Dies sehen Anwendungen, denen Sie erlauben, Ihren Namen zu sehen.',
  givenName: 'Vorname',
  familyName: 'Nachname',
  optional: 'Sie können dies leer lassen.',
  picture: 'Adresse eines Bildes',
  pictureHint: 'Eine https-Adresse. Anwendungen laden das Bild von dort; dieser Server nie.',
  language: 'Sprache',
  languageHint: 'Die Sprache der Seiten hier und der E-Mails an Sie.',
  browserLanguage: 'Die Sprache des Browsers',
  submit: 'Speichern',
  problems: {
    notPlain: 'Darin ist ein Zeichen, das in einem Namen nicht vorkommen kann.',
    tooLong: 'Bitte höchstens 200 Zeichen.',
    picture: 'Das ist keine https-Adresse.',
  },
} satisfies Texts['profile'];
