/** French: the texts of ../en/account.ts. */
import type { Texts } from '../en/index.ts';

export default {
  title: 'Votre compte',
  navigation: 'Pages de votre compte',
  withRoles: (name, roles) => `${name} · ${roles.join(', ')}`,
  signOut: 'Se déconnecter',
  sections: {
    overview: { label: 'Aperçu', action: 'Votre compte' },
    profile: { label: 'Profil', action: 'Modifier votre profil' },
    email: { label: 'E-mail', action: 'Changer l’adresse' },
    password: { label: 'Mot de passe', action: 'Choisir un autre mot de passe' },
    passkeys: { label: 'Clés d’accès', action: 'Gérer les clés d’accès' },
    factor: { label: 'Validation en deux étapes', action: 'Gérer la validation en deux étapes' },
    methods: { label: 'Modes de connexion', action: 'Gérer les modes de connexion' },
    sessions: { label: 'Navigateurs', action: 'Gérer les navigateurs' },
    applications: { label: 'Applications', action: 'Gérer les accès' },
    connected: { label: 'Comptes associés', action: 'Gérer les comptes associés' },
    keys: { label: 'Clés d’API', action: 'Gérer les clés d’API' },
    data: { label: 'Vos données', action: 'Télécharger ou supprimer' },
    console: { label: 'Console', action: 'Ouvrir la console' },
  },
  begin: {
    email: 'Confirmer l’adresse',
    password: 'Choisir un mot de passe',
    passkeys: 'Ajouter une clé d’accès',
    factor: 'Configurer la validation en deux étapes',
    keys: 'Créer une clé',
  },
  states: {
    confirmed: (email) => `${email} (confirmée)`,
    notConfirmed: 'Non confirmée',
    passwordSet: (day) => ['Défini le ', day],
    noPassword: 'Vous n’avez pas de mot de passe.',
    passwordsDisabled: 'Les mots de passe sont désactivés ici.',
    passkeys: (count) =>
      count === 0
        ? 'Aucune pour l’instant : connectez-vous avec votre empreinte, votre visage ou le code de votre appareil.'
        : count === 1
          ? 'Une clé d’accès'
          : `${count} clés d’accès`,
    factorOn: (day) => ['Activée depuis le ', day],
    factorOff: 'Désactivée : votre mot de passe suffit pour ouvrir votre compte.',
    noMethods: 'Aucun compte d’un autre service ne permet de vous connecter.',
    sessions: (count) => (count <= 1 ? 'Connecté avec ce navigateur uniquement' : `Connecté avec ${count} navigateurs`),
    applications: (count) =>
      count === 0
        ? 'Aucune application ne peut utiliser votre compte.'
        : count === 1
          ? 'Une application a accès.'
          : `${count} applications ont accès.`,
    noConnections: 'Aucun compte d’un autre service n’est associé.',
    reconnect: 'Nouvelle association nécessaire',
    accountAt: (account, service) => `${account} chez ${service}`,
    andOthers: (account, others) => `${account} et ${others} de plus`,
    noKeys: 'Vous n’avez pas de clé.',
    keys: (count, day) => [count === 1 ? 'Une clé, expire le ' : `${count} clés, la prochaine expire le `, day],
    data: 'Une copie de tout ce qui est enregistré à votre sujet.',
    deletion: 'Sera supprimé',
    deletionDue: (day) => ['Votre compte sera supprimé le ', day],
  },
  done: {
    profile: 'Votre profil a été enregistré.',
    password: 'Votre mot de passe a été changé. Vos autres navigateurs ont été déconnectés.',
    'mail-sent': 'Nous avons envoyé un lien à cette adresse. Ouvrez-le pour confirmer.',
    'passkey-added': 'La clé d’accès est prête. Vous pouvez désormais vous connecter avec elle.',
    'passkey-renamed': 'La clé d’accès porte son nouveau nom.',
    'passkey-removed': 'La clé d’accès a été retirée. Pensez à la supprimer aussi de votre appareil.',
    'factor-removed': 'La validation en deux étapes est désactivée.',
    'browser-forgotten': 'Ce navigateur demandera un code à la prochaine connexion.',
    'browsers-forgotten': 'Chaque navigateur demandera un code à la prochaine connexion.',
    'account-linked': 'Le compte est lié. Vous pouvez désormais vous connecter avec lui.',
    'account-unlinked': 'Le compte n’est plus lié et ne permet plus de vous connecter.',
    'session-ended': 'Ce navigateur a été déconnecté.',
    'sessions-ended': 'Tous les autres navigateurs ont été déconnectés.',
    'sessions-end': 'Tous les autres navigateurs seront déconnectés d’ici quelques minutes.',
    withdrawn: 'L’application ne peut plus utiliser votre compte.',
    'scope-withdrawn': 'L’application n’a plus cette autorisation.',
    'account-kept': 'Votre compte est conservé.',
    'key-revoked': 'La clé ne fonctionne plus.',
  },
} satisfies Texts['account'];
