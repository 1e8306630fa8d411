/** Spanish: the texts of ../en/layout.ts. */
import type { Texts } from '../en/index.ts';

export default {
  skip: 'Saltar al contenido',
  menu: 'Menú',
  breadcrumbs: 'Ruta de navegación',
  copy: 'Copiar',
  copied: 'Copiado',
  careful: 'Atención.',
  language: 'Idioma',
  yourAccount: 'Su cuenta',
  signOut: 'Cerrar sesión',
  request: (id) => `Solicitud ${id}`,
  cancel: 'Cancelar',
  earlier: 'Anteriores',
  later: 'Posteriores',
  pages: 'Páginas',
} satisfies Texts['layout'];
