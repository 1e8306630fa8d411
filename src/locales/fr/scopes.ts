/** French: the texts of ../en/scopes.ts. */
import type { Texts } from '../en/index.ts';

export default {
  openid: 'Savoir quel compte vous utilisez ici',
  profile: 'Voir votre nom et votre photo',
  email: 'Voir votre adresse e-mail',
  roles: 'Voir quels rôles vous avez',
  offline_access: 'Rester connectée en votre absence',
  grants: 'Voir quelles applications peuvent utiliser votre compte et révoquer leur accès',
  api_keys: 'Créer et révoquer des clés d’API de votre compte',
  connections: 'Utiliser vos comptes auprès d’autres services, que vous avez associés ici',
  admin: 'Administrer ce serveur : paramètres, clients et utilisateurs',
  unnamed: (name) => `Utiliser l’autorisation « ${name} »`,
} satisfies Texts['scopes'];
