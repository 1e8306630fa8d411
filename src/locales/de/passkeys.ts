/** German: the texts of ../en/passkeys.ts. */
import type { Texts } from '../en/index.ts';

export default {
  title: 'Passkeys',
  lead: 'Ein Passkey meldet Sie mit dem an, was Ihr Gerät entsperrt: Fingerabdruck, Gesicht oder PIN. Er kann nicht erraten werden und funktioniert nur auf dieser Website.',
  none: 'Sie haben noch keinen Passkey.',
  synced: 'zwischen Ihren Geräten synchronisiert',
  bound: 'nur auf einem Gerät',
  kept: 'Gespeichert',
  since: 'Seit',
  lastUsed: 'Zuletzt verwendet',
  never: 'nie',
  add: 'Passkey hinzufügen',
  rename: (name) => `${name} umbenennen`,
  remove: (name) => `${name} entfernen`,
  renaming: { title: 'Passkey umbenennen', name: 'Name', submit: 'Speichern' },
  adding: {
    title: 'Passkey hinzufügen',
    name: 'Name des Passkeys',
    nameHint: 'Damit Sie ihn in der Liste erkennen.',
    submit: 'Passkey hinzufügen',
    noScript: 'Um einen Passkey hinzuzufügen, ist JavaScript nötig. Alles andere hier funktioniert ohne.',
    unsupported: 'Dieser Browser unterstützt keine Passkeys.',
    failed:
      'Es wurde kein Passkey erstellt. Vielleicht haben Sie schon einen auf diesem Gerät, oder Sie haben abgebrochen. Sie können es noch einmal versuchen.',
    refused: 'Dieser Passkey konnte nicht geprüft werden. Bitte versuchen Sie es noch einmal.',
    full: 'Sie haben so viele Passkeys, wie ein Benutzer hier haben kann. Entfernen Sie zuerst einen.',
  },
  removing: {
    question: (name) => `Den Passkey ${name} entfernen?`,
    what: 'Sie können sich dann nicht mehr damit anmelden.',
    submit: 'Entfernen',
    back: 'Behalten',
    last: 'Dieser Passkey ist Ihr einziger Anmeldeweg. Wählen Sie zuerst ein Passwort, oder fügen Sie einen weiteren Passkey hinzu.',
    choosePassword: 'Passwort wählen',
  },
  problems: { name: 'Bitte geben Sie einen Namen mit höchstens 60 Zeichen ein.' },
} satisfies Texts['passkeys'];
