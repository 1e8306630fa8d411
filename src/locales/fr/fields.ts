/** French: the texts of ../en/fields.ts. */
import type { Texts } from '../en/index.ts';

export default {
  email: 'Adresse e-mail',
  password: 'Mot de passe',
  passwordHint: 'Au moins 8 caractères ; quelques mots sont faciles à retenir et difficiles à deviner.',
  showPassword: 'Afficher le mot de passe',
  hidePassword: 'Masquer le mot de passe',
  name: 'Votre nom',
  staleForm: 'Cette page est restée ouverte trop longtemps. Veuillez réessayer.',
  problems: {
    email: 'Ce n’est pas une adresse e-mail.',
    passwordMissing: 'Veuillez choisir un mot de passe.',
    passwordShort: 'Veuillez choisir un mot de passe d’au moins 8 caractères.',
    passwordCommon:
      'Ce mot de passe est de ceux qui sont essayés en premier. Veuillez en choisir un autre, par exemple quelques mots.',
    passwordLong: 'Veuillez choisir un mot de passe de 256 caractères au plus.',
    name: 'Veuillez saisir votre nom.',
  },
} satisfies Texts['fields'];
