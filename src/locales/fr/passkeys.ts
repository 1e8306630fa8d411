/** French: the texts of ../en/passkeys.ts. */
import type { Texts } from '../en/index.ts';

export default {
  title: 'Clés d’accès',
  lead: 'Une clé d’accès vous connecte avec ce qui déverrouille votre appareil : empreinte, visage ou code. Elle ne peut pas être devinée et ne fonctionne que sur ce site.',
  none: 'Vous n’avez pas encore de clé d’accès.',
  synced: 'synchronisée entre vos appareils',
  bound: 'sur un seul appareil',
  kept: 'Conservée',
  since: 'Depuis',
  lastUsed: 'Dernière utilisation',
  never: 'jamais',
  add: 'Ajouter une clé d’accès',
  rename: (name) => `Renommer ${name}`,
  remove: (name) => `Retirer ${name}`,
  renaming: { title: 'Renommer la clé d’accès', name: 'Nom', submit: 'Enregistrer' },
  adding: {
    title: 'Ajouter une clé d’accès',
    name: 'Nom de la clé d’accès',
    nameHint: 'Pour la reconnaître dans la liste.',
    submit: 'Ajouter la clé d’accès',
    noScript: 'L’ajout d’une clé d’accès nécessite JavaScript. Tout le reste fonctionne ici sans lui.',
    unsupported: 'Ce navigateur ne prend pas en charge les clés d’accès.',
    failed:
      'Aucune clé d’accès n’a été créée. Vous en avez peut-être déjà une sur cet appareil, ou vous avez annulé. Vous pouvez réessayer.',
    refused: 'Cette clé d’accès n’a pas pu être vérifiée. Veuillez réessayer.',
    full: 'Vous avez autant de clés d’accès qu’un utilisateur peut en avoir ici. Retirez-en d’abord une.',
  },
  removing: {
    question: (name) => `Retirer la clé d’accès ${name} ?`,
    what: 'Vous ne pourrez plus vous connecter avec elle.',
    submit: 'Retirer',
    back: 'Conserver',
    last: 'Cette clé d’accès est votre seul moyen de vous connecter. Choisissez d’abord un mot de passe, ou ajoutez une autre clé d’accès.',
    choosePassword: 'Choisir un mot de passe',
  },
  problems: { name: 'Veuillez saisir un nom de 60 caractères au plus.' },
} satisfies Texts['passkeys'];
