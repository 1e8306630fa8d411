/** French: the texts of ../en/sign-in.ts. */
import type { Texts } from '../en/index.ts';

export default {
  title: 'Connexion',
  submit: 'Se connecter',
  wrong: 'L’adresse e-mail ou le mot de passe n’est pas correct. Veuillez réessayer.',
  again: 'Veuillez vous connecter de nouveau pour confirmer que c’est bien vous.',
  continueWith: (name) => `Continuer avec ${name}`,
  notFresh: (names) =>
    `Une nouvelle connexion ne peut pas être confirmée par ${new Intl.ListFormat('fr').format(names)}. Veuillez utiliser l’un de ces moyens :`,
  notFreshNoMail:
    'Si vous n’avez ici ni clé d’accès ni mot de passe, demandez un lien à usage unique à votre administrateur.',
  or: 'ou avec votre mot de passe',
  asker: (name, host) => [
    [name, ` (${host})`],
    ' vous demande de vous connecter. Vous déciderez ensuite de ce que l’application peut faire.',
  ],
  onlyAdministrator:
    'Les mots de passe sont désactivés ici. Sur cette machine, le premier administrateur peut encore utiliser le sien.',
  passwordsOff: 'Les mots de passe sont désactivés ici. Veuillez vous connecter autrement.',
  signedInAs: (email) => `Vous êtes connecté en tant que ${email}.`,
  continueAs: (name) => `Continuer en tant que ${name}`,
  another: 'ou utiliser un autre compte',
  forgot: 'Mot de passe oublié ?',
  passkey: {
    submit: 'Se connecter avec une clé d’accès',
    failed: 'Cette clé d’accès n’a pas fonctionné ici. Réessayez, ou connectez-vous avec votre mot de passe.',
  },
  mailed: {
    ask: (email) => `Envoyer un lien à ${email}`,
    title: 'Consultez votre messagerie',
    sent: (email) => `Un lien a été envoyé à ${email}. Il est valable une fois, pendant 15 minutes.`,
    sameBrowser: 'Ouvrez-le dans ce navigateur : il est inutilisable dans un autre.',
    question: 'Se connecter de nouveau ?',
    submit: 'Oui, c’est moi',
    bad: 'Le lien a déjà été utilisé, est trop ancien, ou a été ouvert dans un autre navigateur que celui qui l’a demandé.',
    again: 'Aller à votre compte',
  },
  noAccount: (link) => ['Pas encore de compte ? ', link('En créer un')],
  wait: {
    title: 'Veuillez patienter un peu',
    tooMany: (seconds) =>
      `Il y a eu trop de tentatives de connexion. Vous pourrez réessayer dans ${
        seconds < 90 ? `${seconds} secondes` : `${Math.ceil(seconds / 60)} minutes`
      }.`,
    why: 'Cette limite protège les comptes contre les tentatives de devinette. Rien n’est perdu : revenez en arrière, patientez et réessayez.',
  },
  cookies: {
    title: 'Les cookies sont désactivés',
    what: 'Votre navigateur n’a pas renvoyé le cookie nécessaire à la connexion.',
    how: 'Autorisez les cookies de ce site dans les paramètres de votre navigateur, puis revenez en arrière et rechargez la page.',
  },
  code: {
    ask: 'Recevoir un code par e-mail',
    title: 'Se connecter avec un code par e-mail',
    lead: 'Nous vous envoyons un code, que vous saisissez ici.',
    send: 'Recevoir un code',
    entry: 'Saisissez le code de l’e-mail',
    sent: (email) => [
      'Si ',
      email,
      ' a un compte ici, un code est en route. Il est valable une seule fois, pendant dix minutes, dans ce navigateur.',
    ],
    code: 'Code reçu',
    codeHint: 'Les 8 chiffres de l’e-mail. Ne les donnez à personne.',
    submit: 'Se connecter',
    again: 'Envoyer un autre code',
    wrong: 'Ce code n’est pas correct ou a déjà été utilisé. Consultez l’e-mail le plus récent.',
  },
  expired: {
    title: 'Cela a pris trop de temps',
    signedIn: (name) => `Vous êtes connecté en tant que ${name}.`,
    what: 'L’application qui vous a envoyé ici a fait sa demande il y a plus d’une heure : elle a donc expiré.',
    how: 'Retournez à l’application et recommencez. Ce sera rapide.',
  },
} satisfies Texts['signIn'];
