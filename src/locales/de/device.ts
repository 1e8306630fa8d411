/** German: the texts of ../en/device.ts. */
import type { Texts } from '../en/index.ts';

export default {
  title: 'Gerät verbinden',
  code: 'Der Code, den Ihr Gerät anzeigt',
  codeHint: 'Acht Buchstaben; Kleinbuchstaben genügen.',
  submit: 'Weiter',
  unknown: 'Kein Gerät hat diesen Code. Prüfen Sie ihn; er kann auch abgelaufen sein.',
  ask: {
    title: (name) => `${name} verbinden?`,
    question: (name) => [name, ' mit Ihrem Konto verbinden?'],
    careful: (code) => [
      'Vergewissern Sie sich, dass Ihr Gerät den Code ',
      code,
      ' anzeigt und dass Sie dies selbst begonnen haben. Wenn Sie diesen Link von einem anderen Benutzer erhalten haben, wählen Sie „Ablehnen“.',
    ],
  },
  allowed: {
    title: 'Verbunden',
    what: (name) => [
      name,
      ' ist mit Ihrem Konto verbunden. Kehren Sie zu Ihrem Gerät zurück: Es geht dort in wenigen Sekunden automatisch weiter.',
    ],
  },
  denied: {
    title: 'Nicht verbunden',
    what: (name) => [name, ' wurde mitgeteilt, dass Sie nicht zugestimmt haben.'],
  },
  close: 'Sie können diese Seite schließen.',
  over: {
    title: 'Dieser Code ist nicht mehr gültig',
    what: 'Der Code ist abgelaufen oder wurde schon beantwortet.',
    how: 'Wenn Ihr Gerät noch wartet, lassen Sie es einen neuen Code anzeigen.',
    type: 'Code eingeben',
  },
} satisfies Texts['device'];
