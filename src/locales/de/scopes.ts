/** German: the texts of ../en/scopes.ts. */
import type { Texts } from '../en/index.ts';

export default {
  openid: 'Wissen, welches Konto Sie hier verwenden',
  profile: 'Ihren Namen und Ihr Bild sehen',
  email: 'Ihre E-Mail-Adresse sehen',
  roles: 'Sehen, welche Rollen Sie haben',
  offline_access: 'Verbunden bleiben, während Sie abwesend sind',
  grants: 'Sehen, welche Anwendungen Ihr Konto verwenden dürfen, und ihnen den Zugriff entziehen',
  api_keys: 'API-Schlüssel Ihres Kontos erstellen und widerrufen',
  connections: 'Ihre Konten bei anderen Diensten nutzen, die Sie hier verbunden haben',
  admin: 'Diesen Server verwalten: Einstellungen, Clients und Benutzer',
  unnamed: (name) => `Die Berechtigung „${name}“ nutzen`,
} satisfies Texts['scopes'];
