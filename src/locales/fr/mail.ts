/** French: the texts of ../en/mail.ts. */
import type { Texts } from '../en/index.ts';

export default {
  invitation: (server, link) => ({
    subject: `Votre compte sur ${server}`,
    text: `Un compte sur ${server} a été créé pour vous. Choisissez votre mot de passe ici :\n\n${link}\n\nLe lien fonctionne une seule fois, pendant sept jours.\n`,
  }),
  signInCode: (server, code) => ({
    subject: `Votre code pour ${server}`,
    text: `Une connexion à ${server} a été demandée avec cette adresse. Saisissez ce code dans le navigateur où vous l’avez demandé :\n\n${code}\n\nLe code fonctionne une seule fois, pendant dix minutes. Ne le donnez à personne. Si ce n’était pas vous, ne faites rien : rien ne change.\n`,
  }),
  recovery: (server, link) => ({
    subject: `Un nouveau mot de passe pour ${server}`,
    text: `Un nouveau mot de passe a été demandé sur ${server}. Choisissez-le ici :\n\n${link}\n\nLe lien fonctionne une seule fois, pendant une heure. Si ce n’était pas vous, ne faites rien : rien ne change.\n`,
  }),
  signInAgain: (server, link) => ({
    subject: `Connectez-vous de nouveau à ${server}`,
    text: `${server} vous demande de vous connecter de nouveau. Ouvrez ce lien dans le navigateur où vous êtes connecté :\n\n${link}\n\nLe lien fonctionne une seule fois, pendant 15 minutes, et seulement là. Si ce n’était pas vous, votre navigateur est utilisé à votre insu : choisissez un autre mot de passe et déconnectez-vous partout.\n`,
  }),
  signUp: (server, link) => ({
    subject: `Votre compte sur ${server}`,
    text: `Un compte sur ${server} a été demandé avec cette adresse. Continuez ici :\n\n${link}\n\nLe lien fonctionne pendant une heure. Si ce n’était pas vous, ne faites rien : aucun compte n’est créé.\n`,
  }),
  haveAccount: (server, link) => ({
    subject: `Vous avez déjà un compte sur ${server}`,
    text: `Un compte sur ${server} a été demandé avec cette adresse. Vous en avez déjà un. Si vous avez oublié votre mot de passe, choisissez-en un autre ici :\n\n${link}\n\nSi ce n’était pas vous, ne faites rien : rien ne change.\n`,
  }),
  confirm: (server, link) => ({
    subject: `Confirmez votre adresse pour ${server}`,
    text: `Un compte sur ${server} doit utiliser cette adresse. Confirmez-la ici, en étant connecté à ce compte :\n\n${link}\n\nLe lien fonctionne une seule fois, pendant un jour. Si ce n’était pas vous, ne faites rien : rien ne change.\n`,
  }),
  taken: (server) => ({
    subject: `Cette adresse est déjà utilisée sur ${server}`,
    text: `Un autre compte sur ${server} devait utiliser cette adresse. Elle y appartient déjà à un compte ; rien n’a donc été modifié.\n`,
  }),
  reconnect: (server, app, reason, address) => ({
    subject: `${app} doit être associé de nouveau`,
    text: `Votre compte ${app} est associé à ${server} et doit l’être de nouveau : ${reason}.\n\nVous pouvez le faire ici : ${address}\n`,
  }),
  waitingClient: (server, name, host, address) => ({
    subject: `Un client attend une approbation sur ${server}`,
    text: `Un utilisateur de ${server} souhaite utiliser ${name} (${host}), qui attend votre approbation. Personne n’a vérifié ce nom.\n\nApprouvez-le ou refusez-le, ainsi que d’autres qui attendent peut-être, ici : ${address}\n\nUn tel message est envoyé une fois par heure au plus.\n`,
  }),
  notice: {
    mail: (server, what) => ({
      subject: `Votre compte sur ${server} a été modifié`,
      text: `${what}\n\nSi c’était vous, vous n’avez rien à faire. Sinon, choisissez un autre mot de passe sur ${server} et prévenez aussitôt son administrateur.\n`,
    }),
    what: {
      password: () => 'Le mot de passe de votre compte a été changé.',
      confirmed: (address) => `Vous avez confirmé que ${address} est l’adresse de votre compte.`,
      changed: (address) => `Votre compte utilise désormais l’adresse ${address} au lieu de celle-ci.`,
      'key-created': (name) => `Une clé d’API qui agit en votre nom a été créée : ${name}.`,
      'key-rotated': (name) => `Une clé d’API qui agit en votre nom a reçu un nouveau secret : ${name}.`,
      'account-linked': (name) => `Un compte ${name} a été lié au vôtre et permet de s’y connecter.`,
      'account-unlinked': (name) => `Un compte ${name} ne permet plus de se connecter au vôtre.`,
      'changed-by-administrator': (address) =>
        `Un administrateur a changé l’adresse de votre compte : c’est désormais ${address}, et non plus celle-ci.`,
      'address-given': () => 'Un administrateur a fait de cette adresse celle de votre compte.',
      'deletion-requested': (day) =>
        `Votre compte et ses données seront supprimés le ${day}, comme vous l’avez demandé. Pour le conserver, connectez-vous avant cette date.`,
      'deletion-requested-by-administrator': (day) =>
        `Un administrateur a demandé la suppression de votre compte et de ses données le ${day}. Pour le conserver, adressez-vous à un administrateur avant cette date.`,
      'deletion-cancelled': () => 'Votre compte ne sera pas supprimé : la suppression a été annulée.',
      'factor-added': () => 'La validation en deux étapes a été configurée pour votre compte.',
      'factor-removed': () => 'La validation en deux étapes a été désactivée pour votre compte.',
      'factor-reset': () => 'Un administrateur a désactivé la validation en deux étapes de votre compte.',
      'browser-remembered': (day) =>
        `L’un de vos navigateurs a été mémorisé : jusqu’au ${day}, s’y connecter ne demande pas de code de validation en deux étapes.`,
      'recovery-codes-created': () =>
        'De nouveaux codes de secours pour la validation en deux étapes ont été créés. Les anciens ne fonctionnent plus.',
      'recovery-code-used': (left) =>
        `Un code de secours a servi à se connecter à votre compte. Codes restants : ${left}.`,
      'codes-guessed': () =>
        'Votre mot de passe, ou un autre mode de connexion à votre compte, a été utilisé, puis plusieurs codes erronés ont été saisis pour la validation en deux étapes.',
      'passkey-added': (name) => `Une clé d’accès permettant de se connecter à votre compte a été ajoutée : ${name}.`,
      'passkey-removed': (name) => `Une clé d’accès permettant de se connecter à votre compte a été retirée : ${name}.`,
    },
  },
} satisfies Texts['mail'];
