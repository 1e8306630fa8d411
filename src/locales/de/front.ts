/** German: the texts of ../en/front.ts. */
import type { Texts } from '../en/index.ts';

export default {
  title: 'Willkommen',
  heading: 'Einmal anmelden, überall nutzen',
  lead: 'Dieser Server meldet Benutzer an und lässt Anwendungen für sie handeln: nur mit Zustimmung des Benutzers, nur in deren Rahmen und nur, bis der Benutzer sie widerruft.',
  address: (issuer) => [
    'Anwendungen nutzen ihn über OAuth 2.1 und OpenID Connect. Sie brauchen nur seine Adresse, ',
    issuer,
    '.',
  ],
  account: 'Ihr Konto',
  signUp: 'Konto erstellen',
  programs: 'Für Entwickler',
  documents: {
    server: ['Metadaten des Autorisierungsservers', 'RFC 8414: die Endpunkte und Funktionen dieses Servers'],
    openidConfiguration: ['OpenID-Konfiguration', 'Dasselbe für OpenID-Connect-Clients'],
    resource: [
      'Metadaten der geschützten Ressource',
      'RFC 9728: die geschützte Ressource und ihr Autorisierungsserver',
    ],
    reference: ['API-Referenz', 'Die APIs dieses Servers neben den OAuth-Endpunkten (auf Englisch)'],
    keys: ['Öffentliche Schlüssel', 'Der JWK-Satz, mit dem Tokens dieses Servers geprüft werden'],
  },
} satisfies Texts['front'];
