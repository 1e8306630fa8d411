/** German: the texts of ../en/data.ts. */
import type { Texts } from '../en/index.ts';

export default {
  title: 'Ihre Daten',
  download: {
    title: 'Ihre Daten herunterladen',
    what: 'Eine Datei (JSON) mit allem, was hier über Sie gespeichert ist: Ihr Konto, wie Sie sich anmelden, wo Sie angemeldet sind, was Sie Anwendungen erlaubt haben, Ihre verbundenen Konten, Ihre API-Schlüssel und was geschehen ist. Passwörter und Geheimnisse sind nicht enthalten.',
    submit: 'Herunterladen',
  },
  delete: {
    title: 'Ihr Konto löschen',
    what: 'Ihr Konto und Ihre Daten werden gelöscht. Sie werden vorher noch einmal gefragt.',
    go: 'Mein Konto löschen …',
  },
  scheduled: (day) => ['Ihr Konto wird gelöscht nach dem ', day, '.'],
  keep: 'Mein Konto behalten',
  deleting: {
    question: 'Ihr Konto löschen?',
    now: 'Sie werden sofort überall abgemeldet. Anwendungen verlieren den Zugriff auf Ihr Konto, und Ihre API-Schlüssel funktionieren nicht mehr.',
    later: (days) =>
      days === 0
        ? 'Ihre Daten werden bald darauf endgültig gelöscht. Dies kann nicht rückgängig gemacht werden.'
        : `Ihre Daten werden nach ${days === 1 ? 'einem Tag' : `${days} Tagen`} endgültig gelöscht. Wenn Sie sich vorher anmelden, bleibt Ihr Konto erhalten.`,
    elsewhere: 'Der Zugriff auf Ihre verbundenen Konten wird bei diesen Diensten widerrufen.',
    first: 'Vielleicht möchten Sie zuerst Ihre Daten herunterladen.',
    submit: 'Mein Konto löschen',
    back: 'Mein Konto behalten',
    last: 'Sie sind der letzte Administrator. Machen Sie zuerst einen anderen Benutzer zum Administrator.',
  },
  deleted: {
    title: 'Ihr Konto wird gelöscht',
    what: (day) => ['Ihr Konto und Ihre Daten werden gelöscht nach dem ', day, '. Sie sind überall abgemeldet.'],
    keep: 'Um Ihr Konto zu behalten, melden Sie sich vorher an.',
  },
} satisfies Texts['yourData'];
