/** Spanish: the texts of ../en/password.ts. */
import type { Texts } from '../en/index.ts';

export default {
  title: 'Contraseña',
  lead: 'La sesión se cerrará en todos sus otros navegadores. Las aplicaciones con acceso lo conservan.',
  label: 'Nueva contraseña',
  submit: 'Guardar esta contraseña',
} satisfies Texts['password'];
