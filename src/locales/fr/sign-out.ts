/** French: the texts of ../en/sign-out.ts. */
import type { Texts } from '../en/index.ts';

export default {
  title: 'Déconnexion',
  question: 'Se déconnecter ?',
  signedInAs: (email) => `Vous êtes connecté en tant que ${email}.`,
  submit: 'Se déconnecter',
  stay: 'Rester connecté',
  atProvider: (name) => `Vous passerez ensuite par ${name}, pour y être déconnecté aussi.`,
  done: {
    title: 'Déconnecté',
    heading: 'Vous êtes déconnecté',
    still: 'Les applications que vous avez autorisées à rester connectées le restent.',
    again: 'Se reconnecter',
    onward: (host) => `Retourner à ${host}`,
  },
} satisfies Texts['signOut'];
