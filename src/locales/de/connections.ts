/** German: the texts of ../en/connections.ts. */
import type { Texts } from '../en/index.ts';

export default {
  title: 'Verbundene Konten',
  lead: 'Ihre Konten bei anderen Diensten, die Anwendungen hier für Sie verwenden dürfen.',
  none: 'Hier kann noch nichts verbunden werden.',
  connected: (name) => `${name} ist verbunden.`,
  untold:
    'Die Verbindung ist hier getrennt, aber der andere Dienst hat nicht geantwortet. Entfernen Sie den Zugriff auch dort.',
  state: 'Status',
  states: { connected: 'Verbunden', reconnect: 'Neu verbinden nötig', not_connected: 'Nicht verbunden' },
  may: 'Berechtigungen von Anwendungen hier',
  scopes: {
    openid: 'wissen, welches Konto Sie dort verwenden',
    profile: 'Ihren Namen und Ihr Bild sehen',
    email: 'Ihre E-Mail-Adresse sehen',
    offline_access: 'verbunden bleiben, während Sie abwesend sind',
  },
  otherScope: (name) => `die Berechtigung „${name}“ nutzen`,
  since: 'Seit',
  off: 'Der Administrator hat dies deaktiviert. Sie können die Verbindung weiterhin trennen.',
  lost: (reason) => `Neu verbinden nötig: ${reason}.`,
  failed: (name, reason) =>
    `Die letzte Erneuerung ist fehlgeschlagen: ${reason}. Sie wird erneut versucht, wenn ${name} verwendet wird.`,
  connect: (name) => `${name} verbinden`,
  reconnect: (name) => `${name} neu verbinden`,
  disconnect: (name) => `${name} trennen`,
  question: (name) => `${name} verbinden?`,
  youWillBeSent: 'Sie werden weitergeleitet zu ',
  whichAsks:
    '. Dort werden Sie gefragt, ob Ihr Konto von hier aus verwendet werden darf. Sie können die Verbindung jederzeit trennen.',
  more: 'Zusätzlich wird angefragt: ',
  notNow: 'Jetzt nicht',
  notConnected: (name) => `${name} wurde nicht verbunden`,
  unchanged: 'Hier wurde nichts geändert.',
  again: 'Noch einmal versuchen',
  reference: 'Wenn Sie um Hilfe bitten, nennen Sie diese Referenz: ',
  notBegun: 'Dies wurde in einem anderen Browser oder vor zu langer Zeit begonnen.',
  somebodyElse:
    'Ein anderer Benutzer hat dies in diesem Browser begonnen. Verwenden Sie das Konto dieses Benutzers, um es abzuschließen.',
  another: 'Anderes Konto verwenden',
} satisfies Texts['connections'];
