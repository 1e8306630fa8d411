/** Spanish: the texts of ../en/applications.ts. */
import type { Texts } from '../en/index.ts';

export default {
  title: 'Aplicaciones con acceso',
  partly: 'Una parte de la lista no se puede mostrar en este momento. Vuelva a mirar en un minuto.',
  none: 'Ninguna aplicación puede usar su cuenta.',
  next: 'Más aplicaciones',
  first: 'Volver al principio',
  may: 'Permisos',
  host: 'Descrita en',
  since: 'Desde',
  lastUsed: 'Último uso',
  leaveOut: 'Revocar',
  leaveOutOf: (name, what) => `Revocar para ${name}: ${what}`,
  withdraw: (name) => `Revocar el acceso de ${name}`,
} satisfies Texts['applications'];
