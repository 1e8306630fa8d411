/** French: the texts of ../en/end-session.ts. */
import type { Texts } from '../en/index.ts';

export default {
  title: 'Déconnexion',
  question: 'Se déconnecter ?',
  asks: (name) => [name, ' demande si vous souhaitez aussi vous déconnecter ici.'],
  noReturn:
    'L’application a envoyé une indication qui ne peut pas être utilisée ici : vous resterez donc sur cette page après la déconnexion. Retournez vous-même à l’application.',
  anotherAccount:
    'Vous y avez utilisé un autre compte. La déconnexion met fin ici à ce qui est ouvert dans ce navigateur.',
  signedInAs: (email) => `Vous êtes connecté en tant que ${email}.`,
  told: 'Les applications que vous utilisez avec ce compte dans ce navigateur sont informées de votre déconnexion.',
  submit: 'Se déconnecter',
  stay: 'Rester connecté',
  stayed: {
    title: 'Toujours connecté',
    heading: 'Vous êtes toujours connecté',
    what: 'Rien n’a été interrompu ici. L’application d’où vous venez vous a peut-être déconnecté de son côté.',
    back: 'Retourner à l’application',
    account: 'Votre compte',
  },
} satisfies Texts['endSession'];
