/** French: the texts of ../en/layout.ts. */
import type { Texts } from '../en/index.ts';

export default {
  skip: 'Aller au contenu',
  menu: 'Menu',
  breadcrumbs: 'Fil d’Ariane',
  copy: 'Copier',
  copied: 'Copié',
  careful: 'Attention.',
  language: 'Langue',
  yourAccount: 'Votre compte',
  signOut: 'Se déconnecter',
  request: (id) => `Requête ${id}`,
  cancel: 'Annuler',
  earlier: 'Précédents',
  later: 'Suivants',
  pages: 'Autres pages',
} satisfies Texts['layout'];
