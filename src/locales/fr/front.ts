/** French: the texts of ../en/front.ts. */
import type { Texts } from '../en/index.ts';

export default {
  title: 'Bienvenue',
  heading: 'Une seule connexion, partout',
  lead: 'Ce serveur connecte les utilisateurs et permet à des applications d’agir pour eux : uniquement avec le consentement de l’utilisateur, dans la limite de ce consentement et jusqu’à ce que l’utilisateur le révoque.',
  address: (issuer) => [
    'Les applications l’utilisent au moyen d’OAuth 2.1 et d’OpenID Connect. Il leur suffit de son adresse, ',
    issuer,
    '.',
  ],
  account: 'Votre compte',
  signUp: 'Créer un compte',
  programs: 'Pour les développeurs',
  documents: {
    server: [
      'Métadonnées du serveur d’autorisation',
      'RFC 8414 : les points de terminaison et les fonctions de ce serveur',
    ],
    openidConfiguration: ['Configuration OpenID', 'La même chose pour les clients OpenID Connect'],
    resource: [
      'Métadonnées de la ressource protégée',
      'RFC 9728 : la ressource protégée et son serveur d’autorisation',
    ],
    reference: ['Référence des API', 'Les API de ce serveur en plus des points de terminaison OAuth (en anglais)'],
    keys: ['Clés publiques', 'L’ensemble JWK qui vérifie les jetons de ce serveur'],
  },
} satisfies Texts['front'];
