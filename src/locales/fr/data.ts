/** French: the texts of ../en/data.ts. */
import type { Texts } from '../en/index.ts';

export default {
  title: 'Vos données',
  download: {
    title: 'Télécharger vos données',
    what: 'Un fichier (JSON) contenant tout ce qui est enregistré ici à votre sujet : votre compte, vos modes de connexion, où vous êtes connecté, ce que vous avez autorisé aux applications, vos comptes associés, vos clés d’API et ce qui s’est passé. Il ne contient ni mots de passe ni secrets.',
    submit: 'Télécharger',
  },
  delete: {
    title: 'Supprimer votre compte',
    what: 'Votre compte et vos données sont supprimés. Une confirmation vous sera demandée.',
    go: 'Supprimer mon compte…',
  },
  scheduled: (day) => ['Votre compte sera supprimé après le ', day, '.'],
  keep: 'Conserver mon compte',
  deleting: {
    question: 'Supprimer votre compte ?',
    now: 'Vous êtes aussitôt déconnecté partout. Les applications perdent l’accès à votre compte et vos clés d’API cessent de fonctionner.',
    later: (days) =>
      days === 0
        ? 'Vos données seront définitivement supprimées peu après. Cette opération est irréversible.'
        : `Vos données seront définitivement supprimées après ${days === 1 ? 'un jour' : `${days} jours`}. Si vous vous connectez avant, votre compte est conservé.`,
    elsewhere: 'L’accès à vos comptes associés est révoqué auprès de ces services.',
    first: 'Vous souhaitez peut-être d’abord télécharger vos données.',
    submit: 'Supprimer mon compte',
    back: 'Conserver mon compte',
    last: 'Vous êtes le dernier administrateur. Donnez d’abord ce rôle à un autre utilisateur.',
  },
  deleted: {
    title: 'Votre compte va être supprimé',
    what: (day) => ['Votre compte et vos données seront supprimés après le ', day, '. Vous êtes déconnecté partout.'],
    keep: 'Pour conserver votre compte, connectez-vous avant.',
  },
} satisfies Texts['yourData'];
