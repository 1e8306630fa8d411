/** German: the texts of ../en/account.ts. */
import type { Texts } from '../en/index.ts';

export default {
  title: 'Ihr Konto',
  navigation: 'Seiten Ihres Kontos',
  withRoles: (name, roles) => `${name} · ${roles.join(', ')}`,
  signOut: 'Abmelden',
  sections: {
    overview: { label: 'Übersicht', action: 'Ihr Konto' },
    profile: { label: 'Profil', action: 'Profil bearbeiten' },
    email: { label: 'E-Mail', action: 'Adresse ändern' },
    password: { label: 'Passwort', action: 'Anderes Passwort wählen' },
    passkeys: { label: 'Passkeys', action: 'Passkeys verwalten' },
    factor: { label: 'Bestätigung in zwei Schritten', action: 'Bestätigung in zwei Schritten verwalten' },
    methods: { label: 'Anmeldewege', action: 'Anmeldewege verwalten' },
    sessions: { label: 'Browser', action: 'Browser verwalten' },
    applications: { label: 'Anwendungen', action: 'Zugriff verwalten' },
    connected: { label: 'Verbundene Konten', action: 'Verbundene Konten verwalten' },
    keys: { label: 'API-Schlüssel', action: 'API-Schlüssel verwalten' },
    data: { label: 'Ihre Daten', action: 'Herunterladen oder löschen' },
    console: { label: 'Konsole', action: 'Konsole öffnen' },
  },
  begin: {
    email: 'Adresse bestätigen',
    password: 'Passwort wählen',
    passkeys: 'Passkey hinzufügen',
    factor: 'Bestätigung in zwei Schritten einrichten',
    keys: 'Schlüssel erstellen',
  },
  states: {
    confirmed: (email) => `${email} (bestätigt)`,
    notConfirmed: 'Nicht bestätigt',
    passwordSet: (day) => ['Festgelegt am ', day],
    noPassword: 'Sie haben kein Passwort.',
    passwordsDisabled: 'Passwörter sind hier deaktiviert.',
    passkeys: (count) =>
      count === 0
        ? 'Noch keine: Melden Sie sich mit Fingerabdruck, Gesicht oder Geräte-PIN an.'
        : count === 1
          ? 'Ein Passkey'
          : `${count} Passkeys`,
    factorOn: (day) => ['Eingeschaltet seit ', day],
    factorOff: 'Ausgeschaltet: Ihr Passwort allein öffnet Ihr Konto.',
    noMethods: 'Sie können sich mit keinem Konto eines anderen Dienstes anmelden.',
    sessions: (count) => (count <= 1 ? 'Nur in diesem Browser angemeldet' : `In ${count} Browsern angemeldet`),
    applications: (count) =>
      count === 0
        ? 'Keine Anwendung darf Ihr Konto verwenden.'
        : count === 1
          ? 'Eine Anwendung hat Zugriff.'
          : `${count} Anwendungen haben Zugriff.`,
    noConnections: 'Kein Konto bei einem anderen Dienst ist verbunden.',
    reconnect: 'Neu verbinden nötig',
    accountAt: (account, service) => `${account} bei ${service}`,
    andOthers: (account, others) => `${account} und ${others} weitere`,
    noKeys: 'Sie haben keinen Schlüssel.',
    keys: (count, day) => [
      count === 1 ? 'Ein Schlüssel, läuft ab am ' : `${count} Schlüssel, der nächste läuft ab am `,
      day,
    ],
    data: 'Eine Kopie von allem, was über Sie gespeichert ist.',
    deletion: 'Wird gelöscht',
    deletionDue: (day) => ['Ihr Konto wird gelöscht am ', day],
  },
  done: {
    profile: 'Ihr Profil wurde gespeichert.',
    password: 'Ihr Passwort wurde geändert. Ihre anderen Browser wurden abgemeldet.',
    'mail-sent': 'Wir haben einen Link an diese Adresse gesendet. Öffnen Sie ihn zur Bestätigung.',
    'passkey-added': 'Der Passkey ist bereit. Sie können sich ab jetzt damit anmelden.',
    'passkey-renamed': 'Der Passkey hat seinen neuen Namen.',
    'passkey-removed': 'Der Passkey wurde entfernt. Löschen Sie ihn gegebenenfalls auch auf Ihrem Gerät.',
    'factor-removed': 'Die Bestätigung in zwei Schritten ist ausgeschaltet.',
    'browser-forgotten': 'Dieser Browser wird bei der nächsten Anmeldung nach einem Code gefragt.',
    'browsers-forgotten': 'Jeder Browser wird bei der nächsten Anmeldung nach einem Code gefragt.',
    'account-linked': 'Das Konto ist verknüpft. Sie können sich ab jetzt damit anmelden.',
    'account-unlinked': 'Die Verknüpfung ist aufgehoben. Sie können sich damit nicht mehr anmelden.',
    'session-ended': 'Dieser Browser wurde abgemeldet.',
    'sessions-ended': 'Alle anderen Browser wurden abgemeldet.',
    'sessions-end': 'Alle anderen Browser werden in den nächsten Minuten abgemeldet.',
    withdrawn: 'Die Anwendung darf Ihr Konto nicht mehr verwenden.',
    'scope-withdrawn': 'Das darf die Anwendung nicht mehr.',
    'account-kept': 'Ihr Konto bleibt erhalten.',
    'key-revoked': 'Der Schlüssel funktioniert nicht mehr.',
  },
} satisfies Texts['account'];
