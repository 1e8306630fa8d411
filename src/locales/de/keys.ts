/** German: the texts of ../en/keys.ts. */
import type { Texts } from '../en/index.ts';

export default {
  title: 'API-Schlüssel',
  lead: 'Mit einem API-Schlüssel handelt Ihr eigenes Skript oder Programm für Sie, ohne Browser. Halten Sie ihn geheim: Wer ihn hat, kann ihn verwenden.',
  none: 'Sie haben keinen Schlüssel.',
  may: 'Berechtigungen',
  since: 'Seit',
  lastUsed: 'Zuletzt verwendet',
  never: 'nie',
  until: 'Läuft ab',
  revoke: (name) => `${name} widerrufen`,
  add: 'Schlüssel erstellen',
  adding: {
    title: 'Schlüssel erstellen',
    name: 'Wofür ist er?',
    mayIt: 'Berechtigungen',
    days: 'Läuft ab nach',
    lasts: (days) => (days === 365 ? 'einem Jahr' : `${days} Tagen`),
    submit: 'Schlüssel erstellen',
    problems: {
      name: 'Bitte geben Sie einen Namen mit höchstens 200 Zeichen ein.',
      scopes: 'Kreuzen Sie mindestens einen Punkt an.',
    },
    full: 'Sie haben zu viele Schlüssel. Widerrufen Sie einen, den Sie nicht mehr brauchen.',
  },
  made: {
    title: 'Ihr neuer Schlüssel',
    once: 'Er wird nur dieses eine Mal angezeigt. Kopieren Sie ihn jetzt dorthin, wo Ihr Programm ihn liest.',
    header: 'Das Programm sendet ihn mit jeder Anfrage in diesem Header:',
    back: 'Ich habe ihn kopiert',
  },
} satisfies Texts['keys'];
