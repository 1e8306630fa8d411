/** Spanish: the texts of ../en/sign-in.ts. */
import type { Texts } from '../en/index.ts';

export default {
  title: 'Iniciar sesión',
  submit: 'Iniciar sesión',
  wrong: 'La dirección de correo o la contraseña no es correcta. Inténtelo de nuevo.',
  again: 'Vuelva a iniciar sesión para confirmar que es usted.',
  continueWith: (name) => `Continuar con ${name}`,
  notFresh: (names) =>
    `En ${new Intl.ListFormat('es').format(names)} no se puede confirmar que vuelve a iniciar sesión. Use uno de estos métodos:`,
  notFreshNoMail: 'Si no tiene aquí clave de acceso ni contraseña, pida a su administrador un enlace de un solo uso.',
  or: 'o con su contraseña',
  asker: (name, host) => [
    [name, ` (${host})`],
    ' le pide que inicie sesión. Después decidirá qué puede hacer la aplicación.',
  ],
  onlyAdministrator:
    'Las contraseñas están desactivadas aquí. En esta máquina, el primer administrador todavía puede usar la suya.',
  passwordsOff: 'Las contraseñas están desactivadas aquí. Inicie sesión de otra manera.',
  signedInAs: (email) => `Ha iniciado sesión como ${email}.`,
  continueAs: (name) => `Continuar como ${name}`,
  another: 'o usar otra cuenta',
  forgot: '¿Ha olvidado su contraseña?',
  passkey: {
    submit: 'Iniciar sesión con una clave de acceso',
    failed: 'Esa clave de acceso no ha funcionado aquí. Inténtelo de nuevo o inicie sesión con su contraseña.',
  },
  mailed: {
    ask: (email) => `Enviar un enlace a ${email}`,
    title: 'Mire su correo',
    sent: (email) => `Se ha enviado un enlace a ${email}. Es válido una vez, durante 15 minutos.`,
    sameBrowser: 'Ábralo en este navegador: en otro no sirve.',
    question: '¿Volver a iniciar sesión?',
    submit: 'Sí, soy yo',
    bad: 'El enlace ya se ha usado, es demasiado antiguo o se abrió en un navegador distinto del que lo pidió.',
    again: 'Ir a su cuenta',
  },
  noAccount: (link) => ['¿Todavía no tiene cuenta? ', link('Cree una')],
  wait: {
    title: 'Espere un poco, por favor',
    tooMany: (seconds) =>
      `Ha habido demasiados intentos de iniciar sesión. Puede intentarlo de nuevo en ${
        seconds < 90 ? `${seconds} segundos` : `${Math.ceil(seconds / 60)} minutos`
      }.`,
    why: 'Esto protege las cuentas para que no se adivinen. No se pierde nada: vuelva atrás, espere e inténtelo de nuevo.',
  },
  cookies: {
    title: 'Las cookies están desactivadas',
    what: 'Su navegador no ha devuelto la cookie que hace falta para iniciar sesión.',
    how: 'Permita las cookies de este sitio en los ajustes de su navegador; después vuelva atrás y recargue la página.',
  },
  code: {
    ask: 'Enviarme un código por correo',
    title: 'Iniciar sesión con un código por correo',
    lead: 'Le enviamos un código, que usted escribe aquí.',
    send: 'Enviarme un código',
    entry: 'Escriba el código del correo',
    sent: (email) => [
      'Si ',
      email,
      ' tiene una cuenta aquí, un código está en camino. Es válido una vez, durante diez minutos, en este navegador.',
    ],
    code: 'Código',
    codeHint: 'Los 8 dígitos del correo. No se los dé a nadie.',
    submit: 'Iniciar sesión',
    again: 'Enviar otro código',
    wrong: 'Ese código no es correcto o ya se usó. Mire el correo más reciente.',
  },
  expired: {
    title: 'Ha tardado demasiado',
    signedIn: (name) => `Ha iniciado sesión como ${name}.`,
    what: 'La aplicación que le envió aquí hizo su solicitud hace más de una hora, así que ha caducado.',
    how: 'Vuelva a la aplicación y empiece allí de nuevo. Será rápido.',
  },
} satisfies Texts['signIn'];
