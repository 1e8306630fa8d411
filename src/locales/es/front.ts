/** Spanish: the texts of ../en/front.ts. */
import type { Texts } from '../en/index.ts';

export default {
  title: 'Bienvenida',
  heading: 'Inicie sesión una vez, úsela en todas partes',
  lead: 'Este servidor inicia la sesión de los usuarios y permite que las aplicaciones actúen por ellos: solo con el consentimiento del usuario, solo dentro de ese consentimiento y solo hasta que el usuario lo revoque.',
  address: (issuer) => [
    'Las aplicaciones lo usan mediante OAuth 2.1 y OpenID Connect. Solo necesitan su dirección, ',
    issuer,
    '.',
  ],
  account: 'Su cuenta',
  signUp: 'Crear una cuenta',
  programs: 'Para desarrolladores',
  documents: {
    server: [
      'Metadatos del servidor de autorización',
      'RFC 8414: los puntos de conexión y las funciones de este servidor',
    ],
    openidConfiguration: ['Configuración de OpenID', 'Lo mismo para clientes de OpenID Connect'],
    resource: ['Metadatos del recurso protegido', 'RFC 9728: el recurso protegido y su servidor de autorización'],
    reference: [
      'Referencia de las API',
      'Las API de este servidor además de los puntos de conexión de OAuth (en inglés)',
    ],
    keys: ['Claves públicas', 'El conjunto JWK que verifica los tokens de este servidor'],
  },
} satisfies Texts['front'];
