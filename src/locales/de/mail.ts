/** German: the texts of ../en/mail.ts. */
import type { Texts } from '../en/index.ts';

export default {
  invitation: (server, link) => ({
    subject: `Ihr Konto bei ${server}`,
    text: `Sie haben ein Konto bei ${server} erhalten. Wählen Sie hier Ihr Passwort:\n\n${link}\n\nDer Link funktioniert einmal, sieben Tage lang.\n`,
  }),
  signInCode: (server, code) => ({
    subject: `Ihr Code für ${server}`,
    text: `Bei ${server} wurde eine Anmeldung mit dieser Adresse angefordert. Geben Sie diesen Code in dem Browser ein, in dem Sie ihn angefordert haben:\n\n${code}\n\nDer Code funktioniert einmal, zehn Minuten lang. Geben Sie ihn niemandem weiter. Wenn Sie es nicht waren, müssen Sie nichts tun: Es ändert sich nichts.\n`,
  }),
  recovery: (server, link) => ({
    subject: `Ein neues Passwort für ${server}`,
    text: `Bei ${server} wurde ein neues Passwort angefordert. Wählen Sie es hier:\n\n${link}\n\nDer Link funktioniert einmal, eine Stunde lang. Wenn Sie es nicht waren, müssen Sie nichts tun: Es ändert sich nichts.\n`,
  }),
  signInAgain: (server, link) => ({
    subject: `Melden Sie sich bei ${server} erneut an`,
    text: `${server} bittet Sie, sich erneut anzumelden. Öffnen Sie diesen Link in dem Browser, in dem Sie angemeldet sind:\n\n${link}\n\nDer Link funktioniert einmal, 15 Minuten lang, und nur dort. Wenn Sie es nicht waren, wird Ihr Browser ohne Ihr Wissen benutzt: Wählen Sie ein anderes Passwort, und melden Sie sich überall ab.\n`,
  }),
  signUp: (server, link) => ({
    subject: `Ihr Konto bei ${server}`,
    text: `Mit dieser Adresse wurde ein Konto bei ${server} angefordert. Hier geht es weiter:\n\n${link}\n\nDer Link funktioniert eine Stunde lang. Wenn Sie es nicht waren, müssen Sie nichts tun: Es wird kein Konto erstellt.\n`,
  }),
  haveAccount: (server, link) => ({
    subject: `Sie haben bereits ein Konto bei ${server}`,
    text: `Mit dieser Adresse wurde ein Konto bei ${server} angefordert. Sie haben bereits eines. Wenn Sie Ihr Passwort vergessen haben, wählen Sie hier ein anderes:\n\n${link}\n\nWenn Sie es nicht waren, müssen Sie nichts tun: Es ändert sich nichts.\n`,
  }),
  confirm: (server, link) => ({
    subject: `Bestätigen Sie Ihre Adresse für ${server}`,
    text: `Ein Konto bei ${server} soll diese Adresse verwenden. Bestätigen Sie sie hier, angemeldet mit diesem Konto:\n\n${link}\n\nDer Link funktioniert einmal, einen Tag lang. Wenn Sie es nicht waren, müssen Sie nichts tun: Es ändert sich nichts.\n`,
  }),
  taken: (server) => ({
    subject: `Diese Adresse wird bei ${server} bereits verwendet`,
    text: `Ein anderes Konto bei ${server} sollte diese Adresse verwenden. Sie gehört dort aber schon zu einem Konto; deshalb wurde nichts geändert.\n`,
  }),
  reconnect: (server, app, reason, address) => ({
    subject: `${app} muss neu verbunden werden`,
    text: `Ihr Konto bei ${app} ist mit ${server} verbunden und muss neu verbunden werden: ${reason}.\n\nDas können Sie hier tun: ${address}\n`,
  }),
  waitingClient: (server, name, host, address) => ({
    subject: `Ein Client bei ${server} wartet auf Freigabe`,
    text: `Ein Benutzer von ${server} möchte ${name} (${host}) verwenden; der Client wartet auf Ihre Freigabe. Niemand hat diesen Namen geprüft.\n\nGeben Sie ihn und andere, die vielleicht warten, hier frei, oder lehnen Sie sie ab: ${address}\n\nEs gibt höchstens eine solche E-Mail pro Stunde.\n`,
  }),
  notice: {
    mail: (server, what) => ({
      subject: `Ihr Konto bei ${server} wurde geändert`,
      text: `${what}\n\nWenn Sie es waren, müssen Sie nichts tun. Wenn Sie es nicht waren, wählen Sie ein anderes Passwort bei ${server}, und benachrichtigen Sie sofort den Administrator.\n`,
    }),
    what: {
      password: () => 'Das Passwort Ihres Kontos wurde geändert.',
      confirmed: (address) => `Sie haben bestätigt, dass ${address} die Adresse Ihres Kontos ist.`,
      changed: (address) => `Ihr Konto verwendet jetzt die Adresse ${address} statt dieser.`,
      'key-created': (name) => `Ein API-Schlüssel, der für Sie handelt, wurde erstellt: ${name}.`,
      'key-rotated': (name) => `Ein API-Schlüssel, der für Sie handelt, hat ein neues Geheimnis erhalten: ${name}.`,
      'account-linked': (name) => `Ein Konto bei ${name} wurde mit Ihrem verknüpft; die Anmeldung ist damit möglich.`,
      'account-unlinked': (name) => `Mit einem Konto bei ${name} ist die Anmeldung bei Ihrem Konto nicht mehr möglich.`,
      'changed-by-administrator': (address) =>
        `Ein Administrator hat die Adresse Ihres Kontos geändert: Sie lautet jetzt ${address} und nicht mehr wie diese hier.`,
      'address-given': () => 'Ein Administrator hat dies zur Adresse Ihres Kontos gemacht.',
      'deletion-requested': (day) =>
        `Ihr Konto und seine Daten werden am ${day} gelöscht, wie Sie es verlangt haben. Um es zu behalten, melden Sie sich vor diesem Tag an.`,
      'deletion-requested-by-administrator': (day) =>
        `Ein Administrator lässt Ihr Konto und seine Daten am ${day} löschen. Um es zu behalten, wenden Sie sich vor diesem Tag an einen Administrator.`,
      'deletion-cancelled': () => 'Ihr Konto wird nicht gelöscht: Das wurde zurückgenommen.',
      'factor-added': () => 'Für Ihr Konto wurde die Bestätigung in zwei Schritten eingerichtet.',
      'factor-removed': () => 'Für Ihr Konto wurde die Bestätigung in zwei Schritten ausgeschaltet.',
      'factor-reset': () => 'Ein Administrator hat für Ihr Konto die Bestätigung in zwei Schritten ausgeschaltet.',
      'browser-remembered': (day) =>
        `Einer Ihrer Browser wurde gemerkt: Bis zum ${day} wird bei einer Anmeldung dort nicht nach einem Code für die Bestätigung in zwei Schritten gefragt.`,
      'recovery-codes-created': () =>
        'Neue Wiederherstellungscodes für die Bestätigung in zwei Schritten wurden erstellt. Die alten funktionieren nicht mehr.',
      'recovery-code-used': (left) =>
        `Mit einem Wiederherstellungscode wurde Ihr Konto geöffnet. Verbleibende Codes: ${left}.`,
      'codes-guessed': () =>
        'Ihr Passwort oder ein anderer Anmeldeweg Ihres Kontos wurde verwendet, und danach wurden mehrere falsche Codes für die Bestätigung in zwei Schritten eingegeben.',
      'passkey-added': (name) => `Ein Passkey für die Anmeldung bei Ihrem Konto wurde hinzugefügt: ${name}.`,
      'passkey-removed': (name) => `Ein Passkey für die Anmeldung bei Ihrem Konto wurde entfernt: ${name}.`,
    },
  },
} satisfies Texts['mail'];
