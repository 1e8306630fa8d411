/** French: the texts of ../en/recovery.ts. */
import type { Texts } from '../en/index.ts';

export default {
  title: 'Mot de passe oublié ?',
  lead: 'Saisissez votre adresse e-mail. Nous vous envoyons un lien qui permet de choisir un nouveau mot de passe.',
  submit: 'Envoyer le lien',
  sent: {
    title: 'Consultez votre messagerie',
    what: 'S’il existe un compte avec cette adresse, un lien lui a été envoyé. Il fonctionne pendant une heure.',
    how: 'Pas d’e-mail ? Regardez dans le dossier des courriers indésirables et vérifiez que vous avez saisi l’adresse de votre compte.',
  },
  cannot: {
    title: 'Adressez-vous à votre administrateur',
    what: 'Ce serveur ne peut pas envoyer d’e-mails. Son administrateur peut vous donner un lien qui permet de choisir un nouveau mot de passe.',
  },
} satisfies Texts['recovery'];
