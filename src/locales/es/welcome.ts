/** Spanish: the texts of ../en/welcome.ts. */
import type { Texts } from '../en/index.ts';

export default {
  title: 'Bienvenida',
  lead: 'Elija la contraseña con la que iniciará sesión aquí.',
  again: {
    title: 'Elegir una nueva contraseña',
    lead: 'A partir de ahora iniciará sesión con ella. La sesión se cerrará en todos sus navegadores.',
  },
  endAll: 'Cerrar la sesión en todas partes y revocar aplicaciones y claves de API',
  endAllHint: 'Déjelo marcado si su cuenta puede haberse usado sin su conocimiento.',
  submit: 'Guardar esta contraseña',
  methods: {
    lead: 'Elija cómo iniciará sesión aquí.',
    byProvider: 'Una cuenta de otro servicio debe tener la dirección a la que va dirigida esta invitación.',
    or: 'O sin ninguna:',
    passkey: 'Crear una clave de acceso',
    passkeyHint: 'Esto inicia su sesión y gasta el enlace: cree la clave de acceso ahora mismo.',
  },
  bad: {
    title: 'Este enlace ya no es válido',
    what: 'El enlace ya se ha usado, es demasiado antiguo o no se copió entero.',
    how: (link) => [
      'Si ya ha elegido su contraseña, ',
      link('inicie sesión'),
      '. Si no, pida uno nuevo a quien le envió el enlace.',
    ],
  },
} satisfies Texts['welcome'];
