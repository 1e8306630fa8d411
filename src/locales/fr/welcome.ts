/** French: the texts of ../en/welcome.ts. */
import type { Texts } from '../en/index.ts';

export default {
  title: 'Bienvenue',
  lead: 'Choisissez le mot de passe avec lequel vous vous connecterez ici.',
  again: {
    title: 'Choisir un nouveau mot de passe',
    lead: 'Vous vous connecterez désormais avec lui. Tous vos navigateurs seront déconnectés.',
  },
  endAll: 'Se déconnecter partout et révoquer les applications et les clés d’API',
  endAllHint: 'Laissez cette case cochée si votre compte a pu être utilisé à votre insu.',
  submit: 'Enregistrer ce mot de passe',
  methods: {
    lead: 'Choisissez comment vous vous connecterez ici.',
    byProvider: 'Un compte d’un autre service doit avoir l’adresse à laquelle cette invitation est destinée.',
    or: 'Ou sans un tel compte :',
    passkey: 'Créer une clé d’accès',
    passkeyHint: 'Ceci vous connecte et utilise le lien : créez la clé d’accès tout de suite.',
  },
  bad: {
    title: 'Ce lien n’est plus valide',
    what: 'Le lien a déjà été utilisé, est trop ancien, ou n’a pas été copié en entier.',
    how: (link) => [
      'Si vous avez déjà choisi votre mot de passe, ',
      link('connectez-vous'),
      '. Sinon, demandez un nouveau lien à l’expéditeur.',
    ],
  },
} satisfies Texts['welcome'];
