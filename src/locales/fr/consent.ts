/** French: the texts of ../en/consent.ts. */
import type { Texts } from '../en/index.ts';

export default {
  title: (name) => `Autoriser ${name} ?`,
  question: (name) => ['Autoriser ', name, ' à utiliser votre compte ?'],
  signedInAs: (email) => ['Vous êtes connecté en tant que ', email, '.'],
  another: 'Utiliser un autre compte',
  allow: 'Autoriser',
  deny: 'Refuser',
  wouldLikeTo: (name) => [name, ' souhaite'],
  optional: '(facultatif)',
  isNew: 'nouveau',
  stepUp:
    'Vous avez déjà accordé certaines autorisations à cette application. Celles qu’elle demande en plus sont signalées.',
  revoke: (link) => [
    'Vous pouvez révoquer cet accès à tout moment, dans votre compte, sous ',
    link('Applications ayant accès'),
    '.',
  ],
  nothingLeft: 'Il ne reste rien à autoriser. Cochez au moins une case, ou choisissez « Refuser ».',
  resources: (names) => ['Elle demande l’accès à ', names, '.'],
  destination: {
    web: 'Vous allez être redirigé vers',
    local: 'Vous allez être redirigé vers une application de cet ordinateur, à l’adresse',
    app: 'Vous allez être redirigé vers l’application de cet appareil qui ouvre',
  },
  unchecked: {
    registered: 'Cette application s’est enregistrée elle-même. Personne ici n’a vérifié que son nom est exact.',
    described: (host) => `Personne ici n’a vérifié cette application. Sa description provient de ${host}.`,
    goOn: 'Continuez seulement si vous venez de commencer cette opération vous-même.',
    goOnAt: (hosts) =>
      `Continuez seulement si vous venez de commencer cette opération vous-même et si vous faites confiance à ${hosts.join(' et ')}.`,
    local:
      'Elle s’exécute sur un ordinateur, et non sur un site web : continuez seulement si vous venez de la lancer sur celui-ci.',
    app: 'C’est une application de téléphone ou d’ordinateur : continuez seulement si vous venez d’y commencer cette opération vous-même.',
  },
  promises: (name) => ['Engagements de ', name, ' : '],
  privacyPolicy: 'politique de confidentialité',
  termsOfService: 'conditions d’utilisation',
  goingBack: {
    title: 'Un instant',
    what: 'Vous allez être redirigé vers l’application.',
    submit: 'Continuer',
  },
  leaving: {
    title: 'L’opération a échoué',
    what: (name, why) => [name, ` a envoyé une demande non valide : ${why}`],
    unchecked: (host) =>
      `Personne ici n’a vérifié cette application. Vous pouvez fermer cette page, ou retourner à ${host} si vous venez d’y être.`,
    submit: (host) => `Retourner à ${host}`,
  },
  notForYou: {
    title: 'Pas pour ce compte',
    what: (name, roles, email) => [
      name,
      ` est réservé aux utilisateurs ayant le rôle ${roles.join(' ou ')}. Votre compte, ${email}, ne l’a pas.`,
    ],
    how: 'Demandez ce rôle à votre administrateur, ou utilisez un autre compte.',
  },
  waiting: {
    title: 'Pas encore approuvée',
    what: (name) => [name, ' ne peut pas être utilisée avant qu’un administrateur l’ait approuvée.'],
    how: 'Rien n’a été autorisé. Les administrateurs voient que vous souhaitez l’utiliser. Recommencez dans l’application une fois qu’elle est approuvée.',
  },
  lookAgain: 'Revoir la demande',
  sessionChanged: {
    title: 'Vous vous êtes déconnecté ou avez changé de compte',
    what: 'Depuis l’affichage de cette page, vous vous êtes déconnecté ou connecté de nouveau, peut-être dans un autre onglet.',
    way: 'Rien n’a été autorisé. Vous pouvez revoir la demande avec le compte actuellement connecté.',
  },
  tooOld: {
    title: 'Cette page est restée ouverte trop longtemps',
    what: 'La demande a été affichée il y a plus de 15 minutes.',
    way: 'Rien n’a été autorisé. Vous pouvez revoir la demande.',
  },
  answered: {
    title: 'Vous avez déjà répondu',
    what: (name) => ['Votre réponse a déjà été envoyée à ', name, '.'],
    way: 'Retournez à l’application. Si elle ne fonctionne pas, recommencez-y, ou revoyez la demande.',
  },
} satisfies Texts['consent'];
