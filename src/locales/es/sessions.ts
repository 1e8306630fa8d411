/** Spanish: the texts of ../en/sessions.ts. */
import type { Texts } from '../en/index.ts';

export default {
  title: 'Dónde tiene la sesión iniciada',
  lead: 'Cierre la sesión en todo lo que no reconozca y elija otra contraseña.',
  partly: 'Una parte de la lista no se puede mostrar en este momento. Vuelva a mirar en un minuto.',
  thisOne: 'Este navegador',
  signedIn: 'Sesión iniciada',
  lastSeen: 'Última actividad',
  by: 'Con',
  how: { pwd: 'una contraseña', hwk: 'una clave de acceso', swk: 'una clave de acceso' },
  elsewhere: 'una cuenta de otro servicio',
  end: (device) => `Cerrar la sesión en ${device}`,
  endOthers: 'Cerrar todas las demás sesiones',
  unknownDevice: 'Dispositivo desconocido',
  on: (browser, system) => `${browser} en ${system}`,
} satisfies Texts['sessions'];
