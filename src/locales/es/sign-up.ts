/** Spanish: the texts of ../en/sign-up.ts. */
import type { Texts } from '../en/index.ts';

export default {
  title: 'Crear una cuenta',
  submit: 'Crear la cuenta',
  stale: 'Esta página ha estado abierta demasiado tiempo o las cookies están desactivadas. Inténtelo de nuevo.',
  taken: 'Esta dirección no se puede usar. Si la cuenta es suya, inicie sesión.',
  byMail: 'Le enviamos un enlace para confirmar su dirección. Después elige su contraseña.',
  askForLink: 'Enviar el enlace',
  sent: {
    title: 'Mire su correo',
    what: 'Se ha enviado un enlace a la dirección que ha escrito. Ábralo para continuar. Funciona durante una hora.',
  },
  finish: {
    title: 'Casi listo',
    lead: (address) => ['Elija la contraseña con la que iniciará sesión como ', address, '.'],
  },
  haveOne: (link) => ['¿Ya tiene una? ', link('Iniciar sesión')],
} satisfies Texts['signUp'];
