/** German: the texts of ../en/welcome.ts. */
import type { Texts } from '../en/index.ts';

export default {
  title: 'Willkommen',
  lead: 'Wählen Sie das Passwort, mit dem Sie sich hier anmelden.',
  again: {
    title: 'Neues Passwort wählen',
    lead: 'Sie melden sich ab jetzt damit an. Alle Ihre Browser werden abgemeldet.',
  },
  endAll: 'Überall abmelden und den Zugriff von Anwendungen und API-Schlüsseln widerrufen',
  endAllHint: 'Lassen Sie dies eingeschaltet, wenn Ihr Konto vielleicht ohne Ihr Wissen benutzt wurde.',
  submit: 'Dieses Passwort speichern',
  methods: {
    lead: 'Wählen Sie, wie Sie sich hier anmelden.',
    byProvider: 'Ein Konto bei einem anderen Dienst muss die Adresse haben, für die diese Einladung gilt.',
    or: 'Oder ohne ein solches:',
    passkey: 'Passkey erstellen',
    passkeyHint: 'Dies meldet Sie an und verbraucht den Link: Erstellen Sie den Passkey gleich.',
  },
  bad: {
    title: 'Dieser Link ist nicht mehr gültig',
    what: 'Der Link wurde schon verwendet, ist zu alt oder wurde nicht vollständig kopiert.',
    how: (link) => [
      'Wenn Sie Ihr Passwort schon gewählt haben, können Sie sich ',
      link('anmelden'),
      '. Andernfalls bitten Sie den Absender des Links um einen neuen.',
    ],
  },
} satisfies Texts['welcome'];
