/** Spanish: the texts of ../en/email.ts. */
import type { Texts } from '../en/index.ts';

export default {
  title: 'Dirección de correo electrónico',
  now: (address) => ['Su dirección es ', address, '.'],
  verified: 'Está confirmada.',
  unverified: 'Todavía no está confirmada.',
  verify: 'Enviar un enlace para confirmarla',
  label: 'Nueva dirección de correo',
  hint: 'Enviamos allí un enlace. Hasta que lo abra, se mantiene su dirección anterior.',
  submit: 'Enviar el enlace',
  cannot: 'Este servidor no puede enviar correo. Pida a su administrador que cambie su dirección.',
  confirm: {
    title: 'Confirmar su dirección',
    question: (address, before) => [
      '¿Es ',
      address,
      ' su dirección de correo? Será la dirección de su cuenta aquí, que ahora es ',
      before,
      '.',
    ],
    submit: 'Sí, confirmar',
  },
  confirmed: {
    title: 'Confirmada',
    what: (address) => ['A partir de ahora su dirección aquí es ', address, '.'],
    go: 'Ir a su cuenta',
  },
  wrongAccount: {
    title: 'Este correo es de otra cuenta',
    what: (email) =>
      `Ha iniciado sesión como ${email}, y es otra cuenta la que pidió usar esta dirección. No se ha cambiado nada.`,
    how: 'Si no lo ha pedido usted, cierre esta página: la dirección pasaría a ser la de otra cuenta.',
    another: 'Iniciar sesión en la cuenta que lo pidió',
  },
  bad: {
    title: 'Este enlace ya no es válido',
    what: 'El enlace ya se ha usado, es demasiado antiguo, pertenece a una dirección que cambió entretanto o no se copió entero.',
    go: 'Pedir otro enlace',
  },
} satisfies Texts['email'];
