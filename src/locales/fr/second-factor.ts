/** French: the texts of ../en/second-factor.ts. */
import type { Texts } from '../en/index.ts';

export default {
  title: 'Validation en deux étapes',
  lead: 'Avec la validation en deux étapes, un mot de passe seul n’ouvre pas votre compte : un code affiché par une application de votre téléphone vous est aussi demandé. Une clé d’accès n’a pas besoin de code.',
  off: 'Elle est désactivée.',
  since: 'Activée depuis',
  lastUsed: 'Dernier code utilisé',
  never: 'aucun pour l’instant',
  recoveryCodes: 'Codes de secours',
  left: (count) => (count === 1 ? 'Il en reste un.' : `Il en reste ${count}.`),
  few: 'Créez de nouveaux codes de secours avant de les avoir tous utilisés.',
  add: 'Configurer',
  replace: 'Utiliser une autre application ou un autre téléphone',
  newCodes: 'Créer de nouveaux codes de secours',
  remove: 'Désactiver',
  required: (email) => [
    'Ce serveur exige la validation en deux étapes pour ',
    email,
    '. Configurez-la maintenant ; cela prend une minute. Si vous avez une clé d’accès, connectez-vous avec elle.',
  ],
  /** Browsers in which no code is asked for. */
  browsers: {
    title: 'Navigateurs mémorisés',
    lead: 'Une connexion dans l’un de ces navigateurs ne demande pas de code. Un navigateur oublié reste connecté : déconnectez-le sur la page de vos sessions.',
    since: 'Mémorisé',
    lastUsed: 'Dernière connexion sans code',
    until: 'Jusqu’au',
    forget: (device) => `Oublier ${device}`,
    forgetAll: 'Oublier tous les navigateurs',
  },
  adding: {
    title: 'Configurer la validation en deux étapes',
    install: 'Ouvrez une application d’authentification sur votre téléphone et scannez cette image avec elle.',
    picture: 'Un code QR contenant la clé pour votre application',
    byHand: 'Si vous ne pouvez pas le scanner, ajoutez dans votre application un compte avec cette clé :',
    replaces: 'L’application que vous utilisez jusqu’ici et vos codes de secours ne fonctionneront plus.',
    code: 'Code de l’application',
    codeHint: 'Les 6 chiffres que votre application affiche maintenant.',
    submit: 'Activer',
    wrong:
      'Ce code n’est pas correct. Vérifiez que l’heure de votre téléphone est réglée automatiquement et saisissez le code que l’application affiche maintenant.',
    tooOld: 'Cela a pris trop de temps. Veuillez scanner la nouvelle image.',
  },
  codes: {
    title: 'Vos codes de secours',
    what: 'La validation en deux étapes est activée. Si vous perdez votre téléphone, chacun de ces codes vous connecte une fois, à la place d’un code de l’application.',
    keep: 'Imprimez-les, ou conservez-les dans votre gestionnaire de mots de passe. Ils ne seront plus affichés.',
    done: 'Je les ai conservés',
  },
  renewing: {
    question: 'Créer de nouveaux codes de secours ?',
    what: 'Les anciens ne fonctionneront plus.',
    submit: 'Créer',
    back: 'Garder les anciens',
  },
  removing: {
    question: 'Désactiver la validation en deux étapes ?',
    what: 'Votre mot de passe suffira alors pour ouvrir votre compte, pour vous et pour quiconque le connaît. Vos codes de secours ne fonctionneront plus.',
    submit: 'Désactiver',
    back: 'La garder activée',
  },
  signIn: {
    title: 'Saisissez votre code',
    lead: (email) => ['La validation en deux étapes est activée pour ', email, '.'],
    code: 'Code à 6 chiffres',
    codeHint: 'Les 6 chiffres que votre application d’authentification affiche. Chaque code fonctionne une fois.',
    remember: (days) =>
      days === 1
        ? 'Ne pas demander de code dans ce navigateur pendant un jour'
        : `Ne pas demander de code dans ce navigateur pendant ${days} jours`,
    rememberHint:
      'Uniquement sur un appareil que personne d’autre n’utilise. Un code reste demandé pour modifier votre compte.',
    submit: 'Continuer',
    passkey: 'Utiliser plutôt une clé d’accès',
    noApp: 'Je n’ai pas mon téléphone',
    recoveryCode: 'Code de secours',
    recoveryHint:
      'L’un de ceux que vous avez conservés lors de la configuration. Si vous n’en avez pas, adressez-vous à votre administrateur.',
    submitRecovery: 'Utiliser le code de secours',
    wrong: 'Ce code n’est pas correct ou a déjà été utilisé. Attendez que votre application en affiche un autre.',
    wrongRecovery: 'Ce code de secours n’est pas correct ou a déjà été utilisé.',
  },
} satisfies Texts['secondFactor'];
