/** Spanish: the texts of ../en/passkeys.ts. */
import type { Texts } from '../en/index.ts';

export default {
  title: 'Claves de acceso',
  lead: 'Una clave de acceso inicia su sesión con lo que desbloquea su dispositivo: la huella, el rostro o un PIN. No se puede adivinar y solo funciona en este sitio.',
  none: 'Todavía no tiene ninguna clave de acceso.',
  synced: 'sincronizada entre sus dispositivos',
  bound: 'en un solo dispositivo',
  kept: 'Guardada',
  since: 'Desde',
  lastUsed: 'Último uso',
  never: 'nunca',
  add: 'Añadir una clave de acceso',
  rename: (name) => `Cambiar el nombre de ${name}`,
  remove: (name) => `Quitar ${name}`,
  renaming: { title: 'Cambiar el nombre de la clave de acceso', name: 'Nombre', submit: 'Guardar' },
  adding: {
    title: 'Añadir una clave de acceso',
    name: 'Nombre de la clave de acceso',
    nameHint: 'Para reconocerla en la lista.',
    submit: 'Añadir la clave de acceso',
    noScript: 'Para añadir una clave de acceso hace falta JavaScript. Todo lo demás funciona aquí sin él.',
    unsupported: 'Este navegador no admite claves de acceso.',
    failed:
      'No se ha creado ninguna clave de acceso. Puede que ya tenga una en este dispositivo o que haya cancelado. Puede intentarlo de nuevo.',
    refused: 'No se ha podido comprobar esa clave de acceso. Inténtelo de nuevo.',
    full: 'Tiene tantas claves de acceso como puede tener un usuario aquí. Quite una antes.',
  },
  removing: {
    question: (name) => `¿Quitar la clave de acceso ${name}?`,
    what: 'Ya no podrá iniciar sesión con ella.',
    submit: 'Quitar',
    back: 'Conservar',
    last: 'Esta clave de acceso es su único método para iniciar sesión. Elija antes una contraseña o añada otra clave de acceso.',
    choosePassword: 'Elegir una contraseña',
  },
  problems: { name: 'Escriba un nombre de 60 caracteres como máximo.' },
} satisfies Texts['passkeys'];
