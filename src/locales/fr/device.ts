/** French: the texts of ../en/device.ts. */
import type { Texts } from '../en/index.ts';

export default {
  title: 'Associer un appareil',
  code: 'Le code affiché par votre appareil',
  codeHint: 'Huit lettres ; les minuscules conviennent.',
  submit: 'Continuer',
  unknown: 'Aucun appareil n’a ce code. Vérifiez-le ; il a peut-être aussi expiré.',
  ask: {
    title: (name) => `Associer ${name} ?`,
    question: (name) => ['Associer ', name, ' à votre compte ?'],
    careful: (code) => [
      'Assurez-vous que votre appareil affiche le code ',
      code,
      ' et que vous avez commencé cette opération vous-même. Si un autre utilisateur vous a envoyé ce lien, choisissez « Refuser ».',
    ],
  },
  allowed: {
    title: 'Associé',
    what: (name) => [
      name,
      ' est associé à votre compte. Retournez à votre appareil : il continue automatiquement dans quelques secondes.',
    ],
  },
  denied: {
    title: 'Non associé',
    what: (name) => [name, ' a été informé que vous avez refusé.'],
  },
  close: 'Vous pouvez fermer cette page.',
  over: {
    title: 'Ce code n’est plus valide',
    what: 'Le code a expiré, ou une réponse y a déjà été donnée.',
    how: 'Si votre appareil attend encore, faites-lui afficher un nouveau code.',
    type: 'Saisir un code',
  },
} satisfies Texts['device'];
