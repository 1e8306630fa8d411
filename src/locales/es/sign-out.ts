/** Spanish: the texts of ../en/sign-out.ts. */
import type { Texts } from '../en/index.ts';

export default {
  title: 'Cerrar sesión',
  question: '¿Cerrar sesión?',
  signedInAs: (email) => `Ha iniciado sesión como ${email}.`,
  submit: 'Cerrar sesión',
  stay: 'Mantener la sesión',
  atProvider: (name) => `Después pasará a ${name}, para cerrar sesión también allí.`,
  done: {
    title: 'Sesión cerrada',
    heading: 'Ha cerrado la sesión',
    still: 'Las aplicaciones a las que permitió permanecer conectadas lo siguen estando.',
    again: 'Volver a iniciar sesión',
    onward: (host) => `Volver a ${host}`,
  },
} satisfies Texts['signOut'];
