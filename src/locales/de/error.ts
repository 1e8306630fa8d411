/** German: the texts of ../en/error.ts. */
import type { Texts } from '../en/index.ts';

export default {
  titles: {
    403: 'Nicht erlaubt',
    404: 'Nicht gefunden',
    405: 'Methode nicht erlaubt',
    409: 'Zurzeit nicht möglich',
    413: 'Zu groß',
    421: 'Andere Adresse',
    429: 'Bitte warten Sie ein wenig',
    500: 'Hier ist etwas schiefgegangen',
    503: 'Gerade nicht verfügbar',
  },
  title: 'Das hat nicht geklappt',
  advice: {
    404: 'Die Adresse ist vielleicht unvollständig, oder ihr Ziel wurde gelöscht.',
    409: 'Es wurde nichts geändert. Gehen Sie zurück zu der Seite, von der Sie kommen, und sehen Sie sich ihren jetzigen Stand an.',
    429: 'Dies schützt Konten davor, erraten zu werden. Es ist nichts verloren: Kommen Sie später wieder, und versuchen Sie es noch einmal.',
    500: 'Bitte versuchen Sie es noch einmal. Wenn es wieder geschieht, melden Sie es dem Administrator dieses Servers.',
    503: 'Bitte versuchen Sie es in einigen Sekunden noch einmal.',
  },
  notAllowed:
    'Verwenden Sie ein anderes Konto, das die Rolle hat, oder bitten Sie einen Administrator dieses Servers darum.',
  formRefused:
    'Es wurde nichts geändert. Gehen Sie zurück, laden Sie die Seite neu, und senden Sie das Formular noch einmal.',
  places: {
    application:
      'Kehren Sie zu der Anwendung zurück, von der Sie kommen, und beginnen Sie dort von Neuem. Wenn es wieder geschieht, wenden Sie sich an die Entwickler dieser Anwendung.',
    device: 'Lassen Sie Ihr Gerät einen neuen Code anzeigen, und geben Sie ihn hier ein.',
    account:
      'Es wurde nichts geändert. Gehen Sie zurück, und versuchen Sie es noch einmal. Wenn es wieder geschieht, melden Sie es dem Administrator dieses Servers.',
  },
  anotherAccount: 'Anderes Konto verwenden',
  toAccount: 'Zu Ihrem Konto',
  typeCode: 'Code eingeben',
  addAgain:
    'Die Anwendung hat eine ID gesendet, die hier nicht registriert ist: Sie wurde gelöscht oder stammt von einem anderen Server. Entfernen Sie in der Anwendung die Verbindung zu diesem Server, und fügen Sie sie neu hinzu.',
  details: {
    title: 'Einzelheiten für Entwickler',
    name: 'Anwendung',
    client: 'Client-ID',
    redirectUri: 'Gesendete Redirect-URI',
  },
  otherHost: (here, issuer) =>
    `Dieser Server wurde unter ${here} geöffnet, aber seine Adresse ist ${issuer}. Anmeldung und Formulare funktionieren nur dort.`,
  goThere: (issuer) => `Zu ${issuer}`,
  reference: (id) => ['Wenn Sie um Hilfe bitten, nennen Sie diese Referenz: ', id],
} satisfies Texts['error'];
