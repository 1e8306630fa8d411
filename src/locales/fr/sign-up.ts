/** French: the texts of ../en/sign-up.ts. */
import type { Texts } from '../en/index.ts';

export default {
  title: 'Créer un compte',
  submit: 'Créer le compte',
  stale: 'Cette page est restée ouverte trop longtemps, ou les cookies sont désactivés. Veuillez réessayer.',
  taken: 'Cette adresse ne peut pas être utilisée. Si le compte est le vôtre, connectez-vous plutôt.',
  byMail: 'Nous vous envoyons un lien pour confirmer votre adresse. Vous choisirez ensuite votre mot de passe.',
  askForLink: 'Envoyer le lien',
  sent: {
    title: 'Consultez votre messagerie',
    what: 'Un lien a été envoyé à l’adresse que vous avez saisie. Ouvrez-le pour continuer. Il fonctionne pendant une heure.',
  },
  finish: {
    title: 'Presque terminé',
    lead: (address) => ['Choisissez le mot de passe avec lequel vous vous connecterez en tant que ', address, '.'],
  },
  haveOne: (link) => ['Vous en avez déjà un ? ', link('Se connecter')],
} satisfies Texts['signUp'];
