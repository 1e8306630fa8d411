/** French: the texts of ../en/password.ts. */
import type { Texts } from '../en/index.ts';

export default {
  title: 'Mot de passe',
  lead: 'Tous vos autres navigateurs seront déconnectés. Les applications ayant accès le conservent.',
  label: 'Nouveau mot de passe',
  submit: 'Enregistrer ce mot de passe',
} satisfies Texts['password'];
