/** German: the texts of ../en/sign-out.ts. */
import type { Texts } from '../en/index.ts';

export default {
  title: 'Abmelden',
  question: 'Abmelden?',
  signedInAs: (email) => `Sie sind angemeldet als ${email}.`,
  submit: 'Abmelden',
  stay: 'Angemeldet bleiben',
  atProvider: (name) => `Sie gelangen danach zu ${name}, um auch dort abgemeldet zu werden.`,
  done: {
    title: 'Abgemeldet',
    heading: 'Sie sind abgemeldet',
    still: 'Anwendungen, denen Sie erlaubt haben, verbunden zu bleiben, sind es weiterhin.',
    again: 'Wieder anmelden',
    onward: (host) => `Zurück zu ${host}`,
  },
} satisfies Texts['signOut'];
