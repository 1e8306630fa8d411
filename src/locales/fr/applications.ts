/** French: the texts of ../en/applications.ts. */
import type { Texts } from '../en/index.ts';

export default {
  title: 'Applications ayant accès',
  partly: 'Une partie de la liste ne peut pas être affichée pour le moment. Veuillez réessayer dans une minute.',
  none: 'Aucune application ne peut utiliser votre compte.',
  next: 'Autres applications',
  first: 'Retour au début',
  may: 'Autorisations',
  host: 'Décrite par',
  since: 'Depuis',
  lastUsed: 'Dernière utilisation',
  leaveOut: 'Révoquer',
  leaveOutOf: (name, what) => `Révoquer pour ${name} : ${what}`,
  withdraw: (name) => `Révoquer l’accès de ${name}`,
} satisfies Texts['applications'];
