/** French: the texts of ../en/profile.ts. */
import type { Texts } from '../en/index.ts';

export default {
  title: 'Profil',
  lead: 'Les applications que vous autorisez à voir votre nom voient ceci.',
  givenName: 'Prénom',
  familyName: 'Nom de famille',
  optional: 'Vous pouvez laisser ce champ vide.',
  picture: 'Adresse d’une photo',
  pictureHint: 'Une adresse https. Les applications y chargent la photo ; ce serveur ne le fait jamais.',
  language: 'Langue',
  languageHint: 'Celle des pages ici et des e-mails qui vous sont envoyés.',
  browserLanguage: 'La langue du navigateur',
  submit: 'Enregistrer',
  problems: {
    notPlain: 'Il y a là un caractère qu’un nom ne peut pas contenir.',
    tooLong: '200 caractères au plus, s’il vous plaît.',
    picture: 'Ce n’est pas une adresse https.',
  },
} satisfies Texts['profile'];
