/** German: the texts of ../en/email.ts. */
import type { Texts } from '../en/index.ts';

export default {
  title: 'E-Mail-Adresse',
  now: (address) => ['Ihre Adresse ist ', address, '.'],
  verified: 'Sie ist bestätigt.',
  unverified: 'Sie ist noch nicht bestätigt.',
  verify: 'Link zur Bestätigung senden',
  label: 'Neue E-Mail-Adresse',
  hint: 'Wir senden einen Link dorthin. Bis Sie ihn öffnen, bleibt Ihre bisherige Adresse bestehen.',
  submit: 'Link senden',
  cannot: 'Dieser Server kann keine E-Mails senden. Bitten Sie Ihren Administrator, Ihre Adresse zu ändern.',
  confirm: {
    title: 'Adresse bestätigen',
    question: (address, before) => [
      'Ist ',
      address,
      ' Ihre E-Mail-Adresse? Sie wird die Adresse Ihres Kontos hier; bisher ist es ',
      before,
      '.',
    ],
    submit: 'Ja, bestätigen',
  },
  confirmed: {
    title: 'Bestätigt',
    what: (address) => ['Ab jetzt ist Ihre Adresse hier ', address, '.'],
    go: 'Zu Ihrem Konto',
  },
  wrongAccount: {
    title: 'Diese E-Mail betrifft ein anderes Konto',
    what: (email) =>
      `Sie sind angemeldet als ${email}, aber ein anderes Konto möchte diese Adresse verwenden. Es wurde nichts geändert.`,
    how: 'Wenn Sie das nicht selbst angefordert haben, schließen Sie diese Seite: Die Adresse würde zu der eines anderen Kontos.',
    another: 'Mit dem Konto anmelden, das dies angefordert hat',
  },
  bad: {
    title: 'Dieser Link ist nicht mehr gültig',
    what: 'Der Link wurde schon verwendet, ist zu alt, gehört zu einer inzwischen geänderten Adresse oder wurde nicht vollständig kopiert.',
    go: 'Neuen Link anfordern',
  },
} satisfies Texts['email'];
