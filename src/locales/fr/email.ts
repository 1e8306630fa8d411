/** French: the texts of ../en/email.ts. */
import type { Texts } from '../en/index.ts';

export default {
  title: 'Adresse e-mail',
  now: (address) => ['Votre adresse est ', address, '.'],
  verified: 'Elle est confirmée.',
  unverified: 'Elle n’est pas encore confirmée.',
  verify: 'Envoyer un lien de confirmation',
  label: 'Nouvelle adresse e-mail',
  hint: 'Nous y envoyons un lien. Tant que vous ne l’avez pas ouvert, votre ancienne adresse reste en vigueur.',
  submit: 'Envoyer le lien',
  cannot: 'Ce serveur ne peut pas envoyer d’e-mails. Demandez à votre administrateur de changer votre adresse.',
  confirm: {
    title: 'Confirmer votre adresse',
    question: (address, before) => [
      'L’adresse ',
      address,
      ' est-elle la vôtre ? Elle deviendra l’adresse de votre compte ici, qui est actuellement ',
      before,
      '.',
    ],
    submit: 'Oui, confirmer',
  },
  confirmed: {
    title: 'Confirmée',
    what: (address) => ['Votre adresse ici est désormais ', address, '.'],
    go: 'Aller à votre compte',
  },
  wrongAccount: {
    title: 'Cet e-mail concerne un autre compte',
    what: (email) =>
      `Vous êtes connecté en tant que ${email}, et c’est un autre compte qui a demandé à utiliser cette adresse. Rien n’a été modifié.`,
    how: 'Si vous ne l’avez pas demandé vous-même, fermez cette page : l’adresse deviendrait celle d’un autre compte.',
    another: 'Se connecter au compte qui l’a demandé',
  },
  bad: {
    title: 'Ce lien n’est plus valide',
    what: 'Le lien a déjà été utilisé, est trop ancien, correspond à une adresse modifiée entre-temps, ou n’a pas été copié en entier.',
    go: 'Demander un autre lien',
  },
} satisfies Texts['email'];
