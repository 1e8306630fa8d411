/** German: the texts of ../en/fields.ts. */
import type { Texts } from '../en/index.ts';

export default {
  email: 'E-Mail-Adresse',
  password: 'Passwort',
  passwordHint: 'Mindestens 8 Zeichen; einige Wörter sind leicht zu merken und schwer zu erraten.',
  showPassword: 'Passwort anzeigen',
  hidePassword: 'Passwort verbergen',
  name: 'Ihr Name',
  staleForm: 'Diese Seite war zu lange geöffnet. Bitte versuchen Sie es noch einmal.',
  problems: {
    email: 'Das ist keine E-Mail-Adresse.',
    passwordMissing: 'Bitte wählen Sie ein Passwort.',
    passwordShort: 'Bitte wählen Sie ein Passwort mit mindestens 8 Zeichen.',
    passwordCommon:
      'Dieses Passwort gehört zu denen, die zuerst ausprobiert werden. Bitte wählen Sie ein anderes, etwa einige Wörter.',
    passwordLong: 'Bitte wählen Sie ein Passwort mit höchstens 256 Zeichen.',
    name: 'Bitte geben Sie Ihren Namen ein.',
  },
} satisfies Texts['fields'];
