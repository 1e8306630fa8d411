/** German: the texts of ../en/consent.ts. */
import type { Texts } from '../en/index.ts';

export default {
  title: (name) => `${name} zulassen?`,
  question: (name) => ['Darf ', name, ' Ihr Konto verwenden?'],
  signedInAs: (email) => ['Sie sind angemeldet als ', email, '.'],
  another: 'Anderes Konto verwenden',
  allow: 'Zulassen',
  deny: 'Ablehnen',
  wouldLikeTo: (name) => [name, ' möchte'],
  optional: '(optional)',
  isNew: 'neu',
  stepUp: 'Sie haben dieser Anwendung schon früher etwas erlaubt. Was sie zusätzlich anfragt, ist markiert.',
  revoke: (link) => [
    'Sie können dies jederzeit widerrufen, in Ihrem Konto unter ',
    link('Anwendungen mit Zugriff'),
    '.',
  ],
  nothingLeft: 'Es ist nichts mehr ausgewählt. Kreuzen Sie mindestens einen Punkt an, oder wählen Sie „Ablehnen“.',
  resources: (names) => ['Sie fragt Zugriff an auf ', names, '.'],
  destination: {
    web: 'Sie werden weitergeleitet zu',
    local: 'Sie werden weitergeleitet zu einer Anwendung auf diesem Computer, unter',
    app: 'Sie werden weitergeleitet zu der App auf diesem Gerät, die sich öffnet für',
  },
  unchecked: {
    registered: 'Diese Anwendung hat sich selbst registriert. Niemand hier hat geprüft, ob ihr Name stimmt.',
    described: (host) => `Niemand hier hat diese Anwendung geprüft. Ihre Beschreibung stammt von ${host}.`,
    goOn: 'Fahren Sie nur fort, wenn Sie dies gerade selbst begonnen haben.',
    goOnAt: (hosts) =>
      `Fahren Sie nur fort, wenn Sie dies gerade selbst begonnen haben und ${hosts.join(' und ')} vertrauen.`,
    local:
      'Sie läuft auf einem Computer, nicht auf einer Website: Fahren Sie nur fort, wenn Sie sie gerade auf diesem gestartet haben.',
    app: 'Es ist eine App auf einem Telefon oder Computer: Fahren Sie nur fort, wenn Sie dies dort gerade selbst begonnen haben.',
  },
  promises: (name) => ['Was ', name, ' zusichert: '],
  privacyPolicy: 'Datenschutzerklärung',
  termsOfService: 'Nutzungsbedingungen',
  goingBack: {
    title: 'Einen Moment',
    what: 'Sie werden zur Anwendung zurückgeleitet.',
    submit: 'Weiter',
  },
  leaving: {
    title: 'Das hat nicht geklappt',
    what: (name, why) => [name, ` hat eine ungültige Anfrage gesendet: ${why}`],
    unchecked: (host) =>
      `Niemand hier hat diese Anwendung geprüft. Sie können diese Seite schließen oder zu ${host} zurückkehren, wenn Sie gerade von dort kommen.`,
    submit: (host) => `Zurück zu ${host}`,
  },
  notForYou: {
    title: 'Nicht für dieses Konto',
    what: (name, roles, email) => [
      name,
      ` ist nur für Benutzer mit der Rolle ${roles.join(' oder ')}. Ihr Konto ${email} hat sie nicht.`,
    ],
    how: 'Bitten Sie Ihren Administrator um die Rolle, oder verwenden Sie ein anderes Konto.',
  },
  waiting: {
    title: 'Noch nicht freigegeben',
    what: (name) => [name, ' kann erst verwendet werden, wenn ein Administrator die Anwendung freigegeben hat.'],
    how: 'Es wurde nichts erlaubt. Die Administratoren sehen, dass Sie die Anwendung verwenden möchten. Beginnen Sie dort von Neuem, sobald sie freigegeben ist.',
  },
  lookAgain: 'Anfrage noch einmal ansehen',
  sessionChanged: {
    title: 'Sie haben sich abgemeldet oder das Konto gewechselt',
    what: 'Seit diese Seite angezeigt wurde, haben Sie sich abgemeldet oder neu angemeldet, vielleicht in einem anderen Tab.',
    way: 'Es wurde nichts erlaubt. Sie können sich die Anfrage noch einmal mit dem Konto ansehen, das jetzt angemeldet ist.',
  },
  tooOld: {
    title: 'Diese Seite war zu lange geöffnet',
    what: 'Die Anfrage wurde vor mehr als 15 Minuten angezeigt.',
    way: 'Es wurde nichts erlaubt. Sie können sich die Anfrage noch einmal ansehen.',
  },
  answered: {
    title: 'Sie haben dies bereits beantwortet',
    what: (name) => ['Ihre Antwort wurde bereits an ', name, ' gesendet.'],
    way: 'Kehren Sie zur Anwendung zurück. Wenn es dort nicht weitergeht, beginnen Sie dort von Neuem, oder sehen Sie sich die Anfrage noch einmal an.',
  },
} satisfies Texts['consent'];
