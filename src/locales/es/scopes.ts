/** Spanish: the texts of ../en/scopes.ts. */
import type { Texts } from '../en/index.ts';

export default {
  openid: 'Saber qué cuenta usa aquí',
  profile: 'Ver su nombre y su foto',
  email: 'Ver su dirección de correo electrónico',
  roles: 'Ver qué roles tiene',
  offline_access: 'Permanecer conectada en su ausencia',
  grants: 'Ver qué aplicaciones pueden usar su cuenta y revocar su acceso',
  api_keys: 'Crear y revocar claves de API de su cuenta',
  connections: 'Usar sus cuentas en otros servicios que ha conectado aquí',
  admin: 'Administrar este servidor: ajustes, clientes y usuarios',
  unnamed: (name) => `Usar el permiso «${name}»`,
} satisfies Texts['scopes'];
