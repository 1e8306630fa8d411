/** French: the texts of ../en/social-login.ts. */
import type { Texts } from '../en/index.ts';

export default {
  trouble: {
    title: (name) => `La connexion avec ${name} a échoué`,
    again: 'Retour à la connexion',
    reference: 'Si vous demandez de l’aide, indiquez cette référence : ',
    notBegun: 'Cette opération a été commencée dans un autre navigateur, ou il y a trop longtemps.',
    usedBefore: 'Cette réponse a déjà été utilisée. Veuillez réessayer.',
    somebodyElse:
      'Un autre utilisateur a commencé cette opération dans ce navigateur. Déconnectez-vous, connectez-vous en tant que cet utilisateur, et réessayez.',
  },
  fresh: {
    cannot: (name) =>
      `Une nouvelle connexion vous est demandée, et ${name} ne peut pas la confirmer. Utilisez une clé d’accès, votre mot de passe ou un lien envoyé par e-mail.`,
    untold: (name) =>
      `Une nouvelle connexion vous est demandée, et ${name} n’a pas indiqué quand vous vous y êtes connecté. Utilisez une clé d’accès, votre mot de passe ou un lien envoyé par e-mail.`,
    tooOld: (name) =>
      `Une nouvelle connexion vous est demandée, mais ${name} a utilisé une connexion plus ancienne. Déconnectez-vous là-bas et réessayez, ou utilisez un autre moyen.`,
  },
  refusals: {
    disabled: {
      title: 'Ce compte est désactivé',
      what: () => 'Votre compte ici a été désactivé par l’administrateur de ce serveur.',
      how: 'Adressez-vous à l’administrateur si vous pensez que c’est une erreur.',
    },
    noEmail: {
      title: 'Une adresse e-mail est nécessaire',
      what: (name) => `${name} ne nous a pas communiqué d’adresse e-mail, et un compte ici en a besoin d’une.`,
      how: 'Autorisez la communication de votre adresse, ou ajoutez-en une à votre compte là-bas. Réessayez ensuite, ou connectez-vous autrement.',
    },
    unverified: {
      title: 'Votre adresse e-mail n’est pas confirmée',
      what: (name) => `${name} n’a pas vérifié votre adresse e-mail.`,
      how: 'Confirmez l’adresse là-bas et réessayez. Si vous avez déjà un compte ici, connectez-vous autrement, puis liez les deux sur la page de votre compte.',
    },
    denied: {
      title: 'Il n’y a pas de compte pour vous ici',
      what: (name) => `Aucun compte ici ne correspond à votre compte ${name}, et il ne permet pas d’en créer un.`,
      how: 'Demandez un compte à l’administrateur de ce serveur.',
    },
    invited: {
      title: 'Il n’y a pas de compte pour vous ici',
      what: (name) =>
        `Aucun compte ici ne correspond à votre compte ${name}. Les utilisateurs invités peuvent se connecter avec lui, sous l’adresse à laquelle l’invitation a été envoyée.`,
      how: 'Demandez une invitation à l’administrateur de ce serveur.',
    },
  },
  prove: {
    title: 'Vous avez déjà un compte ici',
    what: (email) => `Il existe un compte avec l’adresse ${email}.`,
    why: (name) =>
      `Pour s’assurer qu’il est à vous, connectez-vous-y une fois. Il sera alors lié, et ${name} vous connectera.`,
    submit: 'Se connecter à ce compte',
  },
  link: {
    title: (name) => `Lier ${name} ?`,
    what: (name, account) => `Désormais, ${account} chez ${name} vous connectera ici.`,
    to: 'Le compte ici',
    submit: 'Lier',
    notNow: 'Pas maintenant',
    another: 'Utiliser un autre compte',
    wrongUser: (email) => `Vous êtes connecté en tant que ${email}, qui n’est pas le compte prévu.`,
    tooOld: 'Cela a pris trop de temps, ou a été commencé dans un autre navigateur. Veuillez réessayer.',
  },
  taken: {
    title: 'Il appartient à un autre compte ici',
    what: (name) => `Ce compte ${name} est lié à un autre compte ici.`,
    how: 'Si les deux comptes sont à vous, connectez-vous avec lui et supprimez d’abord le lien là-bas.',
  },
  full: 'Le compte n’a pas pu être lié : vous avez autant de comptes liés qu’un utilisateur peut en avoir ici.',
  methods: {
    title: 'Modes de connexion',
    lead: 'Des comptes auprès d’autres services, qui vous connectent ici.',
    none: 'Aucun compte d’un autre service ne permet encore de vous connecter.',
    since: 'Depuis',
    lastUsed: 'Dernière utilisation',
    off: 'L’administrateur a désactivé ce service.',
    link: (name) => `Lier ${name}`,
    unlink: (name) => `Délier ${name}`,
    question: (name) => `Délier ${name} ?`,
    ends: (name) => `Vous ne pourrez plus vous connecter avec ${name}. Les navigateurs connectés le restent.`,
    submit: 'Délier',
    back: 'Conserver',
    last: 'C’est votre seul moyen de vous connecter. Choisissez d’abord un mot de passe ou ajoutez une clé d’accès.',
  },
} satisfies Texts['socialLogin'];
