/** Connecting a device that has no keyboard or browser. */
export const deviceTexts = {
  title: 'Connect a device',
  code: 'The code that your device shows',
  codeHint: 'Eight letters; small ones will do.',
  submit: 'Continue',
  unknown: 'No device has this code. Check it; it may also have expired.',
  ask: {
    title: (name: string) => `Connect ${name}?`,
    question: <T>(name: T) => ['Connect ', name, ' to your account?'],
    careful: <T>(code: T) => [
      'Make sure that your device shows the code ',
      code,
      ', and that you have started this yourself. If you received this link from another user, choose Deny.',
    ],
  },
  allowed: {
    title: 'Connected',
    what: <T>(name: T) => [
      name,
      ' is connected to your account. Go back to your device: it continues automatically in a few seconds.',
    ],
  },
  denied: {
    title: 'Not connected',
    what: <T>(name: T) => [name, ' was told that you did not agree.'],
  },
  close: 'You can close this page.',
  over: {
    title: 'This code is no longer valid',
    what: 'The code has expired, or it was answered already.',
    how: 'If your device is still waiting, let it show a new code.',
    type: 'Type a code',
  },
};
