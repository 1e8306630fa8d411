/** Connecting a device that has no keyboard or browser. */
export const device = {
  title: 'Connect a device',
  code: 'The code that your device shows',
  codeHint: 'Eight letters; small ones will do.',
  submit: 'Continue',
  unknown: 'No device waits with this code. Look at it again; it may have expired, too.',
  ask: {
    title: (name: string) => `Connect ${name}?`,
    question: (name: string) => `Connect ${name} to your account?`,
    careful: <T>(code: T) => [
      'Make sure that your device shows the code ',
      code,
      ', and that you have started this yourself. If somebody sent you this link, choose Deny.',
    ],
  },
  allowed: {
    title: 'Connected',
    what: (name: string) =>
      `${name} is connected to your account. Go back to your device: it goes on by itself in a few seconds.`,
  },
  denied: {
    title: 'Not connected',
    what: (name: string) => `${name} was told that you did not agree.`,
  },
  close: 'You can close this page.',
  over: {
    title: 'This code is over',
    what: 'The code has expired, or it was answered already.',
    how: 'If your device still waits, let it show a new code.',
    type: 'Type a code',
  },
};
