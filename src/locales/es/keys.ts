/** Spanish: the texts of ../en/keys.ts. */
import type { Texts } from '../en/index.ts';

export default {
  title: 'Claves de API',
  lead: 'Con una clave de API, su propio script o programa actúa en su nombre, sin navegador. Manténgala en secreto: basta con ella para usarla.',
  none: 'No tiene ninguna clave.',
  may: 'Permisos',
  since: 'Desde',
  lastUsed: 'Último uso',
  never: 'nunca',
  until: 'Caduca',
  revoke: (name) => `Revocar ${name}`,
  add: 'Crear una clave',
  adding: {
    title: 'Crear una clave',
    name: '¿Para qué es?',
    mayIt: 'Permisos',
    days: 'Caduca después de',
    lasts: (days) => (days === 365 ? 'un año' : `${days} días`),
    submit: 'Crear la clave',
    problems: {
      name: 'Escriba un nombre de 200 caracteres como máximo.',
      scopes: 'Marque al menos una casilla.',
    },
    full: 'Tiene demasiadas claves. Revoque una que ya no necesite.',
  },
  made: {
    title: 'Su nueva clave',
    once: 'Se muestra solo esta vez. Cópiela ahora al lugar donde la lee su programa.',
    header: 'El programa la envía con cada solicitud, en esta cabecera:',
    back: 'La he copiado',
  },
} satisfies Texts['keys'];
