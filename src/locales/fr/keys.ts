/** French: the texts of ../en/keys.ts. */
import type { Texts } from '../en/index.ts';

export default {
  title: 'Clés d’API',
  lead: 'Avec une clé d’API, votre propre script ou programme agit en votre nom, sans navigateur. Gardez-la secrète : elle suffit à elle seule.',
  none: 'Vous n’avez pas de clé.',
  may: 'Autorisations',
  since: 'Depuis',
  lastUsed: 'Dernière utilisation',
  never: 'jamais',
  until: 'Expire',
  revoke: (name) => `Révoquer ${name}`,
  add: 'Créer une clé',
  adding: {
    title: 'Créer une clé',
    name: 'À quoi sert-elle ?',
    mayIt: 'Autorisations',
    days: 'Elle expire après',
    lasts: (days) => (days === 365 ? 'un an' : `${days} jours`),
    submit: 'Créer la clé',
    problems: {
      name: 'Veuillez saisir un nom de 200 caractères au plus.',
      scopes: 'Cochez au moins une case.',
    },
    full: 'Vous avez trop de clés. Révoquez-en une dont vous n’avez plus besoin.',
  },
  made: {
    title: 'Votre nouvelle clé',
    once: 'Elle n’est affichée que cette fois. Copiez-la maintenant à l’endroit où votre programme la lit.',
    header: 'Le programme l’envoie avec chaque requête, dans cet en-tête :',
    back: 'Je l’ai copiée',
  },
} satisfies Texts['keys'];
