/** Spanish: the texts of ../en/error.ts. */
import type { Texts } from '../en/index.ts';

export default {
  titles: {
    403: 'No permitido',
    404: 'No encontrado',
    405: 'Método no permitido',
    409: 'No es posible en este momento',
    413: 'Demasiado grande',
    421: 'Otra dirección',
    429: 'Espere un poco, por favor',
    500: 'Algo ha fallado aquí',
    503: 'No disponible en este momento',
  },
  title: 'No ha funcionado',
  advice: {
    404: 'La dirección puede estar incompleta, o aquello a lo que llevaba se ha eliminado.',
    409: 'No se ha cambiado nada. Vuelva a la página de la que viene y vea cómo está ahora.',
    429: 'Esto protege las cuentas para que no se adivinen. No se pierde nada: vuelva más tarde e inténtelo de nuevo.',
    500: 'Inténtelo de nuevo. Si vuelve a ocurrir, avise al administrador de este servidor.',
    503: 'Inténtelo de nuevo en unos segundos.',
  },
  notAllowed: 'Use otra cuenta que tenga el rol o pídalo a un administrador de este servidor.',
  formRefused: 'No se ha cambiado nada. Vuelva atrás, recargue la página y envíe el formulario de nuevo.',
  places: {
    application:
      'Vuelva a la aplicación de la que viene y empiece allí de nuevo. Si vuelve a ocurrir, consulte a los desarrolladores de esa aplicación.',
    device: 'Haga que su dispositivo muestre un código nuevo y escríbalo aquí.',
    account:
      'No se ha cambiado nada. Vuelva atrás e inténtelo de nuevo. Si vuelve a ocurrir, avise al administrador de este servidor.',
  },
  anotherAccount: 'Usar otra cuenta',
  toAccount: 'Ir a su cuenta',
  typeCode: 'Escribir un código',
  addAgain:
    'La aplicación ha enviado un identificador que no está registrado aquí: se ha eliminado o es de otro servidor. Quite en la aplicación la conexión con este servidor y añádala de nuevo.',
  details: {
    title: 'Detalles para desarrolladores',
    name: 'Aplicación',
    client: 'ID de cliente',
    redirectUri: 'URI de redirección enviado',
  },
  otherHost: (here, issuer) =>
    `Este servidor se ha abierto en ${here}, pero su dirección es ${issuer}. El inicio de sesión y los formularios solo funcionan allí.`,
  goThere: (issuer) => `Ir a ${issuer}`,
  reference: (id) => ['Si pide ayuda, indique esta referencia: ', id],
} satisfies Texts['error'];
