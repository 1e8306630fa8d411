/** Spanish: the texts of ../en/recovery.ts. */
import type { Texts } from '../en/index.ts';

export default {
  title: '¿Ha olvidado su contraseña?',
  lead: 'Escriba su dirección de correo electrónico. Le enviamos un enlace con el que elegir una nueva contraseña.',
  submit: 'Enviar el enlace',
  sent: {
    title: 'Mire su correo',
    what: 'Si existe una cuenta con esa dirección, se le ha enviado un enlace. Funciona durante una hora.',
    how: '¿No llega el correo? Mire en la carpeta de correo no deseado y compruebe que ha escrito la dirección de su cuenta.',
  },
  cannot: {
    title: 'Consulte a su administrador',
    what: 'Este servidor no puede enviar correo. Su administrador puede darle un enlace con el que elegir una nueva contraseña.',
  },
} satisfies Texts['recovery'];
