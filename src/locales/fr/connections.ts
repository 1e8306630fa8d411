/** French: the texts of ../en/connections.ts. */
import type { Texts } from '../en/index.ts';

export default {
  title: 'Comptes associés',
  lead: 'Vos comptes auprès d’autres services, que des applications peuvent utiliser ici pour vous.',
  none: 'Rien ne peut encore être associé ici.',
  connected: (name) => `${name} est associé.`,
  untold: 'L’association est supprimée ici, mais l’autre service n’a pas répondu. Retirez aussi l’accès là-bas.',
  state: 'État',
  states: { connected: 'Associé', reconnect: 'Nouvelle association nécessaire', not_connected: 'Non associé' },
  may: 'Autorisations des applications ici',
  scopes: {
    openid: 'savoir quel compte vous utilisez là-bas',
    profile: 'voir votre nom et votre photo',
    email: 'voir votre adresse e-mail',
    offline_access: 'rester associé en votre absence',
  },
  otherScope: (name) => `utiliser l’autorisation « ${name} »`,
  since: 'Depuis',
  off: 'L’administrateur a désactivé ce service. Vous pouvez toujours supprimer l’association.',
  lost: (reason) => `Nouvelle association nécessaire : ${reason}.`,
  failed: (name, reason) =>
    `Le dernier renouvellement a échoué : ${reason}. Il sera retenté à la prochaine utilisation de ${name}.`,
  connect: (name) => `Associer ${name}`,
  reconnect: (name) => `Associer ${name} de nouveau`,
  disconnect: (name) => `Dissocier ${name}`,
  question: (name) => `Associer ${name} ?`,
  youWillBeSent: 'Vous allez être redirigé vers ',
  whichAsks:
    ', qui vous demandera si votre compte peut être utilisé depuis ce serveur. Vous pourrez supprimer l’association à tout moment.',
  more: 'Autorisations supplémentaires demandées : ',
  notNow: 'Pas maintenant',
  notConnected: (name) => `${name} n’a pas été associé`,
  unchanged: 'Rien n’a été modifié ici.',
  again: 'Réessayer',
  reference: 'Si vous demandez de l’aide, indiquez cette référence : ',
  notBegun: 'Cette opération a été commencée dans un autre navigateur, ou il y a trop longtemps.',
  somebodyElse:
    'Un autre utilisateur a commencé cette opération dans ce navigateur. Utilisez le compte de cet utilisateur pour la terminer.',
  another: 'Utiliser un autre compte',
} satisfies Texts['connections'];
