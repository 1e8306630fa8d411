/** Spanish: the texts of ../en/data.ts. */
import type { Texts } from '../en/index.ts';

export default {
  title: 'Sus datos',
  download: {
    title: 'Descargar sus datos',
    what: 'Un archivo (JSON) con todo lo que está guardado aquí sobre usted: su cuenta, cómo y dónde inicia sesión, qué ha permitido a las aplicaciones, sus cuentas conectadas, sus claves de API y lo que ha ocurrido. No contiene contraseñas ni secretos.',
    submit: 'Descargar',
  },
  delete: {
    title: 'Eliminar su cuenta',
    what: 'Su cuenta y sus datos se eliminan. Antes se le pedirá confirmación.',
    go: 'Eliminar mi cuenta…',
  },
  scheduled: (day) => ['Su cuenta se eliminará después del ', day, '.'],
  keep: 'Conservar mi cuenta',
  deleting: {
    question: '¿Eliminar su cuenta?',
    now: 'Su sesión se cierra de inmediato en todas partes. Las aplicaciones pierden el acceso a su cuenta y sus claves de API dejan de funcionar.',
    later: (days) =>
      days === 0
        ? 'Sus datos se eliminan definitivamente poco después. Esto no se puede deshacer.'
        : `Sus datos se eliminan definitivamente después de ${days === 1 ? 'un día' : `${days} días`}. Si inicia sesión antes, su cuenta se conserva.`,
    elsewhere: 'El acceso a sus cuentas conectadas se revoca en esos servicios.',
    first: 'Quizá quiera descargar antes sus datos.',
    submit: 'Eliminar mi cuenta',
    back: 'Conservar mi cuenta',
    last: 'Usted es el último administrador. Haga antes administrador a otro usuario.',
  },
  deleted: {
    title: 'Su cuenta se eliminará',
    what: (day) => ['Su cuenta y sus datos se eliminan después del ', day, '. Su sesión está cerrada en todas partes.'],
    keep: 'Para conservar su cuenta, inicie sesión antes.',
  },
} satisfies Texts['yourData'];
