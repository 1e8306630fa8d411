/** German: the texts of ../en/second-factor.ts. */
import type { Texts } from '../en/index.ts';

export default {
  title: 'Bestätigung in zwei Schritten',
  lead: 'Mit der Bestätigung in zwei Schritten genügt ein Passwort allein nicht, um Ihr Konto zu öffnen: Sie werden auch nach einem Code gefragt, den eine App auf Ihrem Telefon anzeigt. Ein Passkey braucht keinen Code.',
  off: 'Sie ist ausgeschaltet.',
  since: 'Eingeschaltet seit',
  lastUsed: 'Letzter Code verwendet',
  never: 'noch keiner',
  recoveryCodes: 'Wiederherstellungscodes',
  left: (count) => (count === 1 ? 'Einer ist übrig.' : `${count} sind übrig.`),
  few: 'Erstellen Sie neue Wiederherstellungscodes, bevor sie Ihnen ausgehen.',
  add: 'Einrichten',
  replace: 'Andere App oder anderes Telefon verwenden',
  newCodes: 'Neue Wiederherstellungscodes erstellen',
  remove: 'Ausschalten',
  required: (email) => [
    'Dieser Server verlangt die Bestätigung in zwei Schritten für ',
    email,
    '. Richten Sie sie jetzt ein; das dauert eine Minute. Wenn Sie einen Passkey haben, melden Sie sich damit an.',
  ],
  /** Browsers in which no code is asked for. */
  browsers: {
    title: 'Gemerkte Browser',
    lead: 'Bei einer Anmeldung in einem dieser Browser wird nicht nach einem Code gefragt. Ein Browser, der vergessen wird, bleibt angemeldet: Melden Sie ihn auf der Seite Ihrer Sitzungen ab.',
    since: 'Gemerkt',
    lastUsed: 'Letzte Anmeldung ohne Code',
    until: 'Bis',
    forget: (device) => `${device} vergessen`,
    forgetAll: 'Alle Browser vergessen',
  },
  adding: {
    title: 'Bestätigung in zwei Schritten einrichten',
    install: 'Öffnen Sie eine Authenticator-App auf Ihrem Telefon, und scannen Sie damit dieses Bild.',
    picture: 'Ein QR-Code mit dem Schlüssel für Ihre App',
    byHand: 'Wenn Sie es nicht scannen können, fügen Sie in Ihrer App ein Konto mit diesem Schlüssel hinzu:',
    replaces: 'Die App, die Sie bisher verwenden, und Ihre Wiederherstellungscodes funktionieren dann nicht mehr.',
    code: 'Code aus der App',
    codeHint: 'Die 6 Ziffern, die Ihre App jetzt anzeigt.',
    submit: 'Einschalten',
    wrong:
      'Dieser Code stimmt nicht. Prüfen Sie, ob die Uhr Ihres Telefons automatisch gestellt wird, und geben Sie den Code ein, den die App jetzt anzeigt.',
    tooOld: 'Das hat zu lange gedauert. Bitte scannen Sie das neue Bild.',
  },
  codes: {
    title: 'Ihre Wiederherstellungscodes',
    what: 'Die Bestätigung in zwei Schritten ist eingeschaltet. Wenn Sie Ihr Telefon verlieren, können Sie sich mit jedem dieser Codes einmal anmelden, anstelle eines Codes aus der App.',
    keep: 'Drucken Sie sie aus, oder bewahren Sie sie in Ihrem Passwortmanager auf. Sie werden nicht noch einmal angezeigt.',
    done: 'Ich habe sie aufbewahrt',
  },
  renewing: {
    question: 'Neue Wiederherstellungscodes erstellen?',
    what: 'Die alten funktionieren dann nicht mehr.',
    submit: 'Erstellen',
    back: 'Die alten behalten',
  },
  removing: {
    question: 'Die Bestätigung in zwei Schritten ausschalten?',
    what: 'Ihr Passwort allein öffnet dann Ihr Konto, für Sie und für alle, die es kennen. Ihre Wiederherstellungscodes funktionieren nicht mehr.',
    submit: 'Ausschalten',
    back: 'Eingeschaltet lassen',
  },
  signIn: {
    title: 'Code eingeben',
    lead: (email) => ['Die Bestätigung in zwei Schritten ist eingeschaltet für ', email, '.'],
    code: 'Code',
    codeHint: 'Die 6 Ziffern, die Ihre Authenticator-App anzeigt. Jeder Code funktioniert einmal.',
    remember: (days) =>
      days === 1
        ? 'In diesem Browser einen Tag lang nicht nach einem Code fragen'
        : `In diesem Browser ${days} Tage lang nicht nach einem Code fragen`,
    rememberHint:
      'Nur auf einem Gerät, das niemand sonst verwendet. Bei Änderungen an Ihrem Konto wird immer nach einem Code gefragt.',
    submit: 'Weiter',
    passkey: 'Stattdessen einen Passkey verwenden',
    noApp: 'Ich habe mein Telefon nicht bei mir',
    recoveryCode: 'Wiederherstellungscode',
    recoveryHint:
      'Einer der Codes, die Sie beim Einrichten aufbewahrt haben. Wenn Sie keinen haben, wenden Sie sich an Ihren Administrator.',
    submitRecovery: 'Wiederherstellungscode verwenden',
    wrong: 'Dieser Code stimmt nicht oder wurde schon verwendet. Warten Sie, bis Ihre App einen anderen anzeigt.',
    wrongRecovery: 'Dieser Wiederherstellungscode stimmt nicht oder wurde schon verwendet.',
  },
} satisfies Texts['secondFactor'];
