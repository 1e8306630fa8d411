/** German: the texts of ../en/social-login.ts. */
import type { Texts } from '../en/index.ts';

export default {
  trouble: {
    title: (name) => `Die Anmeldung mit ${name} hat nicht geklappt`,
    again: 'Zurück zur Anmeldung',
    reference: 'Wenn Sie um Hilfe bitten, nennen Sie diese Referenz: ',
    notBegun: 'Dies wurde in einem anderen Browser oder vor zu langer Zeit begonnen.',
    usedBefore: 'Diese Antwort wurde schon einmal verwendet. Bitte versuchen Sie es noch einmal.',
    somebodyElse:
      'Ein anderer Benutzer hat dies in diesem Browser begonnen. Melden Sie sich ab, melden Sie sich als dieser Benutzer an, und versuchen Sie es noch einmal.',
  },
  fresh: {
    cannot: (name) =>
      `Sie sollen sich noch einmal anmelden, und ${name} kann das nicht bestätigen. Verwenden Sie einen Passkey, Ihr Passwort oder einen Link per E-Mail.`,
    untold: (name) =>
      `Sie sollen sich noch einmal anmelden, und ${name} hat nicht mitgeteilt, wann Sie sich dort angemeldet haben. Verwenden Sie einen Passkey, Ihr Passwort oder einen Link per E-Mail.`,
    tooOld: (name) =>
      `Sie sollen sich noch einmal anmelden, aber ${name} hat eine ältere Anmeldung verwendet. Melden Sie sich dort ab, und versuchen Sie es noch einmal, oder verwenden Sie einen anderen Weg.`,
  },
  refusals: {
    disabled: {
      title: 'Dieses Konto ist deaktiviert',
      what: () => 'Ihr Konto hier wurde vom Administrator dieses Servers deaktiviert.',
      how: 'Wenden Sie sich an den Administrator, wenn Sie das für einen Irrtum halten.',
    },
    noEmail: {
      title: 'Eine E-Mail-Adresse ist nötig',
      what: (name) => `${name} hat uns keine E-Mail-Adresse von Ihnen mitgeteilt, und ein Konto hier braucht eine.`,
      how: 'Erlauben Sie, dass Ihre Adresse mitgeteilt wird, oder fügen Sie Ihrem Konto dort eine hinzu. Versuchen Sie es dann noch einmal, oder melden Sie sich auf einem anderen Weg an.',
    },
    unverified: {
      title: 'Ihre E-Mail-Adresse ist nicht bestätigt',
      what: (name) => `${name} hat Ihre E-Mail-Adresse nicht überprüft.`,
      how: 'Bestätigen Sie die Adresse dort, und versuchen Sie es noch einmal. Wenn Sie hier schon ein Konto haben, melden Sie sich auf einem anderen Weg an, und verknüpfen Sie dann beide auf der Seite Ihres Kontos.',
    },
    denied: {
      title: 'Für Sie gibt es hier kein Konto',
      what: (name) =>
        `Zu Ihrem Konto bei ${name} gehört hier kein Konto, und es kann damit auch keines erstellt werden.`,
      how: 'Bitten Sie den Administrator dieses Servers um ein Konto.',
    },
    invited: {
      title: 'Für Sie gibt es hier kein Konto',
      what: (name) =>
        `Zu Ihrem Konto bei ${name} gehört hier kein Konto. Eingeladene Benutzer können sich damit anmelden, mit der Adresse, an die die Einladung ging.`,
      how: 'Bitten Sie den Administrator dieses Servers um eine Einladung.',
    },
  },
  prove: {
    title: 'Sie haben hier bereits ein Konto',
    what: (email) => `Es gibt ein Konto mit der Adresse ${email}.`,
    why: (name) =>
      `Um sicherzugehen, dass es Ihres ist, melden Sie sich einmal dort an. Danach ist es verknüpft, und Sie können sich mit ${name} anmelden.`,
    submit: 'Bei diesem Konto anmelden',
  },
  link: {
    title: (name) => `${name} verknüpfen?`,
    what: (name, account) => `Ab jetzt können Sie sich hier mit ${account} bei ${name} anmelden.`,
    to: 'Das Konto hier',
    submit: 'Verknüpfen',
    notNow: 'Jetzt nicht',
    another: 'Anderes Konto verwenden',
    wrongUser: (email) => `Sie sind angemeldet als ${email}; gemeint war ein anderes Konto.`,
    tooOld:
      'Das hat zu lange gedauert, oder es wurde in einem anderen Browser begonnen. Bitte versuchen Sie es noch einmal.',
  },
  taken: {
    title: 'Es gehört zu einem anderen Konto hier',
    what: (name) => `Dieses Konto bei ${name} ist mit einem anderen Konto hier verknüpft.`,
    how: 'Wenn beide Konten Ihnen gehören, melden Sie sich damit an, und heben Sie dort zuerst die Verknüpfung auf.',
  },
  full: 'Das Konto konnte nicht verknüpft werden: Sie haben so viele verknüpfte Konten, wie ein Benutzer hier haben kann.',
  methods: {
    title: 'Anmeldewege',
    lead: 'Konten bei anderen Diensten, mit denen Sie sich hier anmelden.',
    none: 'Noch können Sie sich mit keinem Konto eines anderen Dienstes anmelden.',
    since: 'Seit',
    lastUsed: 'Zuletzt verwendet',
    off: 'Der Administrator hat dies deaktiviert.',
    link: (name) => `${name} verknüpfen`,
    unlink: (name) => `Verknüpfung mit ${name} aufheben`,
    question: (name) => `Verknüpfung mit ${name} aufheben?`,
    ends: (name) =>
      `Sie können sich dann nicht mehr mit ${name} anmelden. Browser, die angemeldet sind, bleiben angemeldet.`,
    submit: 'Aufheben',
    back: 'Behalten',
    last: 'Dies ist Ihr einziger Anmeldeweg. Wählen Sie zuerst ein Passwort, oder fügen Sie einen Passkey hinzu.',
  },
} satisfies Texts['socialLogin'];
