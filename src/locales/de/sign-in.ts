/** German: the texts of ../en/sign-in.ts. */
import type { Texts } from '../en/index.ts';

export default {
  title: 'Anmelden',
  submit: 'Anmelden',
  wrong: 'Die E-Mail-Adresse oder das Passwort stimmt nicht. Bitte versuchen Sie es noch einmal.',
  again: 'Bitte melden Sie sich noch einmal an, um zu bestätigen, dass Sie es sind.',
  continueWith: (name) => `Weiter mit ${name}`,
  notFresh: (names) =>
    `${new Intl.ListFormat('de').format(names)}: Dort kann nicht bestätigt werden, dass Sie sich noch einmal anmelden. Bitte verwenden Sie einen dieser Wege:`,
  notFreshNoMail:
    'Wenn Sie hier weder Passkey noch Passwort haben, bitten Sie Ihren Administrator um einen Einmal-Link.',
  or: 'oder mit Ihrem Passwort',
  asker: (name, host) => [
    [name, ` (${host})`],
    ' bittet Sie, sich anzumelden. Sie entscheiden danach, was die Anwendung darf.',
  ],
  onlyAdministrator:
    'Passwörter sind hier deaktiviert. Auf diesem Rechner kann der erste Administrator seines noch verwenden.',
  passwordsOff: 'Passwörter sind hier deaktiviert. Bitte melden Sie sich auf einem anderen Weg an.',
  signedInAs: (email) => `Sie sind angemeldet als ${email}.`,
  continueAs: (name) => `Weiter als ${name}`,
  another: 'oder mit einem anderen Konto',
  forgot: 'Passwort vergessen?',
  passkey: {
    submit: 'Mit einem Passkey anmelden',
    failed:
      'Dieser Passkey hat hier nicht funktioniert. Versuchen Sie es noch einmal, oder melden Sie sich mit Ihrem Passwort an.',
  },
  mailed: {
    ask: (email) => `Link an ${email} senden`,
    title: 'Sehen Sie in Ihr Postfach',
    sent: (email) => `Ein Link ist unterwegs an ${email}. Er gilt einmal, 15 Minuten lang.`,
    sameBrowser: 'Öffnen Sie ihn in diesem Browser: In einem anderen nützt er nichts.',
    question: 'Noch einmal anmelden?',
    submit: 'Ja, ich bin es',
    bad: 'Der Link wurde schon verwendet, ist zu alt oder wurde in einem anderen Browser geöffnet als dem, der ihn angefordert hat.',
    again: 'Zu Ihrem Konto',
  },
  noAccount: (link) => ['Noch kein Konto? ', link('Konto erstellen')],
  wait: {
    title: 'Bitte warten Sie ein wenig',
    tooMany: (seconds) =>
      `Es gab zu viele Anmeldeversuche. Sie können es in ${
        seconds < 90 ? `${seconds} Sekunden` : `${Math.ceil(seconds / 60)} Minuten`
      } noch einmal versuchen.`,
    why: 'Dies schützt Konten davor, erraten zu werden. Es ist nichts verloren: Gehen Sie zurück, warten Sie, und versuchen Sie es noch einmal.',
  },
  cookies: {
    title: 'Cookies sind ausgeschaltet',
    what: 'Ihr Browser hat das Cookie nicht zurückgesendet, das für die Anmeldung nötig ist.',
    how: 'Erlauben Sie in den Einstellungen Ihres Browsers Cookies für diese Website, gehen Sie dann zurück, und laden Sie die Seite neu.',
  },
  code: {
    ask: 'Code per E-Mail senden',
    title: 'Mit einem Code per E-Mail anmelden',
    lead: 'Wir senden Ihnen einen Code, den Sie hier eingeben.',
    send: 'Code senden',
    entry: 'Code aus der E-Mail eingeben',
    sent: (email) => [
      'Wenn es zu ',
      email,
      ' hier ein Konto gibt, ist ein Code dorthin unterwegs. Er gilt einmal, zehn Minuten lang, in diesem Browser.',
    ],
    code: 'Code aus der E-Mail',
    codeHint: 'Die 8 Ziffern aus der E-Mail. Geben Sie sie niemandem weiter.',
    submit: 'Anmelden',
    again: 'Einen anderen Code senden',
    wrong: 'Dieser Code stimmt nicht oder wurde schon verwendet. Bitte sehen Sie in die neueste E-Mail.',
  },
  expired: {
    title: 'Das hat zu lange gedauert',
    signedIn: (name) => `Sie sind angemeldet als ${name}.`,
    what: 'Die Anfrage der Anwendung, von der Sie kommen, ist mehr als eine Stunde alt und deshalb abgelaufen.',
    how: 'Kehren Sie zur Anwendung zurück, und beginnen Sie dort von Neuem. Es geht dann schnell.',
  },
} satisfies Texts['signIn'];
