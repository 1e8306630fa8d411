/** Spanish: the texts of ../en/end-session.ts. */
import type { Texts } from '../en/index.ts';

export default {
  title: 'Cerrar sesión',
  question: '¿Cerrar sesión?',
  asks: (name) => [name, ' pregunta si quiere cerrar sesión también aquí.'],
  noReturn:
    'La aplicación ha enviado algo que no se puede usar aquí, así que permanecerá en esta página después de cerrar sesión. Vuelva usted mismo a la aplicación.',
  anotherAccount: 'Allí usó otra cuenta. Al cerrar sesión aquí termina lo que está abierto en este navegador.',
  signedInAs: (email) => `Ha iniciado sesión como ${email}.`,
  told: 'Se comunica a las aplicaciones que usa con esta cuenta en este navegador que ha cerrado la sesión.',
  submit: 'Cerrar sesión',
  stay: 'Mantener la sesión',
  stayed: {
    title: 'La sesión sigue iniciada',
    heading: 'Su sesión sigue iniciada',
    what: 'Aquí no ha terminado nada. La aplicación de la que viene puede haber cerrado su propia sesión.',
    back: 'Volver a la aplicación',
    account: 'Su cuenta',
  },
} satisfies Texts['endSession'];
