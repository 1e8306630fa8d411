/** Two-step sign-in: the page of the code, and the pages of the account that set it up. */
export const secondFactorTexts = {
  title: 'Two-step sign-in',
  lead: 'With two-step sign-in, a password alone does not open your account: you are also asked for a code that an app on your phone shows. A passkey needs no code.',
  off: 'It is off.',
  since: 'On since',
  lastUsed: 'Last code used',
  never: 'none yet',
  recoveryCodes: 'Recovery codes',
  left: (count: number) => (count === 1 ? 'One is left.' : `${count} are left.`),
  few: 'Create new recovery codes before you run out of them.',
  add: 'Set it up',
  replace: 'Use another app or phone',
  newCodes: 'Create new recovery codes',
  remove: 'Turn it off',
  required: <T>(email: T) => [
    'This server asks for two-step sign-in for ',
    email,
    '. Set it up now; it takes a minute. If you have a passkey, sign in with that.',
  ],
  /** Browsers in which no code is asked for. */
  browsers: {
    title: 'Remembered browsers',
    lead: 'A sign-in in one of these browsers asks for no code. A browser that is forgotten stays signed in: sign it out on the page of your sessions.',
    since: 'Remembered',
    lastUsed: 'Last sign-in without a code',
    until: 'Until',
    forget: (device: string) => `Forget ${device}`,
    forgetAll: 'Forget all browsers',
  },
  adding: {
    title: 'Set up two-step sign-in',
    install: 'Open an authenticator app on your phone, and scan this picture with it.',
    picture: 'A QR code with the key for your app',
    byHand: 'If you cannot scan it, add an account in your app with this key:',
    replaces: 'The app that you use until now will not work any more, nor will your recovery codes.',
    code: 'Code from the app',
    codeHint: 'The 6 digits that your app shows now.',
    submit: 'Turn it on',
    wrong:
      'That code is not right. Check that the clock of your phone is set automatically, and enter the code that the app shows now.',
    tooOld: 'That took too long. Please scan the new picture.',
  },
  codes: {
    title: 'Your recovery codes',
    what: 'Two-step sign-in is on. If you lose your phone, each of these codes signs you in once, in place of a code from the app.',
    keep: 'Print them, or keep them in your password manager. They are not shown again.',
    done: 'I have kept them',
  },
  renewing: {
    question: 'Create new recovery codes?',
    what: 'The old ones will not work any more.',
    submit: 'Create them',
    back: 'Keep the old ones',
  },
  removing: {
    question: 'Turn off two-step sign-in?',
    what: 'Your password alone will open your account then, for you and for anyone who knows it. Your recovery codes will not work any more.',
    submit: 'Turn it off',
    back: 'Keep it on',
  },
  signIn: {
    title: 'Enter your code',
    lead: <T>(email: T) => ['Two-step sign-in is on for ', email, '.'],
    code: 'Code',
    codeHint: 'The 6 digits that your authenticator app shows. Each code works once.',
    remember: (days: number) =>
      days === 1
        ? 'Do not ask for a code in this browser for a day'
        : `Do not ask for a code in this browser for ${days} days`,
    rememberHint: 'Only on a device that no one else uses. Changes of your account ask in any case.',
    submit: 'Go on',
    passkey: 'Use a passkey instead',
    noApp: 'I do not have my phone',
    recoveryCode: 'Recovery code',
    recoveryHint:
      'One of those that you kept when you set up two-step sign-in. If you have none, ask your administrator.',
    submitRecovery: 'Use the recovery code',
    wrong: 'That code is not right, or was used before. Wait until your app shows another one.',
    wrongRecovery: 'That recovery code is not right, or was used before.',
  },
};
