/** French: the texts of ../en/error.ts. */
import type { Texts } from '../en/index.ts';

export default {
  titles: {
    403: 'Non autorisé',
    404: 'Introuvable',
    405: 'Méthode non autorisée',
    409: 'Impossible pour le moment',
    413: 'Trop volumineux',
    421: 'Autre adresse',
    429: 'Veuillez patienter un peu',
    500: 'Un problème est survenu ici',
    503: 'Indisponible pour le moment',
  },
  title: 'L’opération a échoué',
  advice: {
    404: 'L’adresse est peut-être incomplète, ou ce à quoi elle menait a été supprimé.',
    409: 'Rien n’a été modifié. Retournez à la page d’où vous venez et consultez son état actuel.',
    429: 'Cette limite protège les comptes contre les tentatives de devinette. Rien n’est perdu : revenez plus tard et réessayez.',
    500: 'Veuillez réessayer. Si le problème se reproduit, informez-en l’administrateur de ce serveur.',
    503: 'Veuillez réessayer dans quelques secondes.',
  },
  notAllowed: 'Utilisez un autre compte qui a ce rôle, ou demandez-le à un administrateur de ce serveur.',
  formRefused: 'Rien n’a été modifié. Revenez en arrière, rechargez la page et envoyez de nouveau le formulaire.',
  places: {
    application:
      'Retournez à l’application d’où vous venez et recommencez. Si le problème se reproduit, adressez-vous aux développeurs de cette application.',
    device: 'Faites afficher un nouveau code par votre appareil et saisissez-le ici.',
    account:
      'Rien n’a été modifié. Revenez en arrière et réessayez. Si le problème se reproduit, informez-en l’administrateur de ce serveur.',
  },
  anotherAccount: 'Utiliser un autre compte',
  toAccount: 'Aller à votre compte',
  typeCode: 'Saisir un code',
  addAgain:
    'L’application a envoyé un identifiant qui n’est pas enregistré ici : il a été supprimé ou provient d’un autre serveur. Supprimez dans l’application la connexion à ce serveur, puis ajoutez-la de nouveau.',
  details: {
    title: 'Détails pour les développeurs',
    name: 'Application',
    client: 'Identifiant du client',
    redirectUri: 'URI de redirection envoyée',
  },
  otherHost: (here, issuer) =>
    `Ce serveur a été ouvert à l’adresse ${here}, mais son adresse est ${issuer}. La connexion et les formulaires ne fonctionnent que là.`,
  goThere: (issuer) => `Aller à ${issuer}`,
  reference: (id) => ['Si vous demandez de l’aide, indiquez cette référence : ', id],
} satisfies Texts['error'];
