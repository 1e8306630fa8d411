/** Spanish: the texts of ../en/mail.ts. */
import type { Texts } from '../en/index.ts';

export default {
  invitation: (server, link) => ({
    subject: `Su cuenta en ${server}`,
    text: `Se le ha dado una cuenta en ${server}. Elija su contraseña aquí:\n\n${link}\n\nEl enlace funciona una vez, durante siete días.\n`,
  }),
  signInCode: (server, code) => ({
    subject: `Su código para ${server}`,
    text: `Se ha pedido iniciar sesión en ${server} con esta dirección. Escriba este código en el navegador en el que lo pidió:\n\n${code}\n\nEl código funciona una vez, durante diez minutos. No se lo dé a nadie. Si no fue usted, no haga nada: nada cambia.\n`,
  }),
  recovery: (server, link) => ({
    subject: `Una nueva contraseña para ${server}`,
    text: `Se ha pedido una nueva contraseña en ${server}. Elíjala aquí:\n\n${link}\n\nEl enlace funciona una vez, durante una hora. Si no fue usted, no haga nada: nada cambia.\n`,
  }),
  signInAgain: (server, link) => ({
    subject: `Vuelva a iniciar sesión en ${server}`,
    text: `${server} le pide que vuelva a iniciar sesión. Abra este enlace en el navegador en el que tiene la sesión iniciada:\n\n${link}\n\nEl enlace funciona una vez, durante 15 minutos, y solo allí. Si no fue usted, su navegador se está usando sin su conocimiento: elija otra contraseña y cierre la sesión en todas partes.\n`,
  }),
  signUp: (server, link) => ({
    subject: `Su cuenta en ${server}`,
    text: `Se ha pedido una cuenta en ${server} con esta dirección. Continúe aquí:\n\n${link}\n\nEl enlace funciona durante una hora. Si no fue usted, no haga nada: no se crea ninguna cuenta.\n`,
  }),
  haveAccount: (server, link) => ({
    subject: `Ya tiene una cuenta en ${server}`,
    text: `Se ha pedido una cuenta en ${server} con esta dirección. Ya tiene una. Si olvidó su contraseña, elija otra aquí:\n\n${link}\n\nSi no fue usted, no haga nada: nada cambia.\n`,
  }),
  confirm: (server, link) => ({
    subject: `Confirme su dirección para ${server}`,
    text: `Una cuenta en ${server} va a usar esta dirección. Confírmela aquí, con la sesión iniciada en esa cuenta:\n\n${link}\n\nEl enlace funciona una vez, durante un día. Si no fue usted, no haga nada: nada cambia.\n`,
  }),
  taken: (server) => ({
    subject: `Esta dirección ya se usa en ${server}`,
    text: `Otra cuenta en ${server} iba a usar esta dirección. La dirección ya pertenece allí a una cuenta, así que no se ha cambiado nada.\n`,
  }),
  reconnect: (server, app, reason, address) => ({
    subject: `Hay que volver a conectar ${app}`,
    text: `Su cuenta en ${app} está conectada con ${server} y hay que volver a conectarla: ${reason}.\n\nPuede hacerlo aquí: ${address}\n`,
  }),
  waitingClient: (server, name, host, address) => ({
    subject: `Un cliente espera aprobación en ${server}`,
    text: `Un usuario de ${server} quiere usar ${name} (${host}), que espera su aprobación. Nadie ha comprobado ese nombre.\n\nApruébelo o rechácelo, igual que otros que puedan estar esperando, aquí: ${address}\n\nSe envía un correo como este cada hora como máximo.\n`,
  }),
  notice: {
    mail: (server, what) => ({
      subject: `Su cuenta en ${server} ha cambiado`,
      text: `${what}\n\nSi fue usted, no tiene que hacer nada. Si no fue usted, elija otra contraseña en ${server} y avise de inmediato a su administrador.\n`,
    }),
    what: {
      password: () => 'La contraseña de su cuenta se ha cambiado.',
      confirmed: (address) => `Ha confirmado que ${address} es la dirección de su cuenta.`,
      changed: (address) => `Su cuenta usa ahora la dirección ${address} en lugar de esta.`,
      'key-created': (name) => `Se ha creado una clave de API que actúa en su nombre: ${name}.`,
      'key-rotated': (name) => `Una clave de API que actúa en su nombre tiene un secreto nuevo: ${name}.`,
      'account-linked': (name) => `Una cuenta de ${name} se ha vinculado a la suya y permite iniciar sesión en ella.`,
      'account-unlinked': (name) => `Una cuenta de ${name} ya no permite iniciar sesión en la suya.`,
      'changed-by-administrator': (address) =>
        `Un administrador ha cambiado la dirección de su cuenta: ahora es ${address} y ya no esta.`,
      'address-given': () => 'Un administrador ha hecho de esta la dirección de su cuenta.',
      'deletion-requested': (day) =>
        `Su cuenta y sus datos se eliminarán el ${day}, como ha pedido. Para conservarla, inicie sesión antes de ese día.`,
      'deletion-requested-by-administrator': (day) =>
        `Un administrador ha pedido eliminar su cuenta y sus datos el ${day}. Para conservarla, consulte a un administrador antes de ese día.`,
      'deletion-cancelled': () => 'Su cuenta no se eliminará: se ha cancelado.',
      'factor-added': () => 'Se ha configurado la verificación en dos pasos para su cuenta.',
      'factor-removed': () => 'Se ha desactivado la verificación en dos pasos de su cuenta.',
      'factor-reset': () => 'Un administrador ha desactivado la verificación en dos pasos de su cuenta.',
      'browser-remembered': (day) =>
        `Se ha recordado uno de sus navegadores: hasta el ${day}, iniciar sesión en él no pide ningún código de la verificación en dos pasos.`,
      'recovery-codes-created': () =>
        'Se han creado nuevos códigos de recuperación para la verificación en dos pasos. Los anteriores ya no funcionan.',
      'recovery-code-used': (left) =>
        `Se ha iniciado sesión en su cuenta con un código de recuperación. Códigos que quedan: ${left}.`,
      'codes-guessed': () =>
        'Se ha usado su contraseña, u otro método de inicio de sesión de su cuenta, y después se han introducido varios códigos incorrectos para la verificación en dos pasos.',
      'passkey-added': (name) => `Se ha añadido una clave de acceso que inicia sesión en su cuenta: ${name}.`,
      'passkey-removed': (name) => `Se ha quitado una clave de acceso que iniciaba sesión en su cuenta: ${name}.`,
    },
  },
} satisfies Texts['mail'];
