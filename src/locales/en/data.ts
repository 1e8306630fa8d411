/** A user's data: downloading it, and deleting the account. */
export const yourDataTexts = {
  title: 'Your data',
  download: {
    title: 'Download your data',
    what: 'One file (JSON) with everything that is stored about you here: your account, how you sign in, where you are signed in, what you allowed applications, your connected accounts, your API keys, and what happened. Passwords and secrets are not in it.',
    submit: 'Download',
  },
  delete: {
    title: 'Delete your account',
    what: 'Your account and your data are deleted. You are asked again first.',
    go: 'Delete my account…',
  },
  scheduled: <T>(day: T) => ['Your account will be deleted after ', day, '.'],
  keep: 'Keep my account',
  deleting: {
    question: 'Delete your account?',
    now: 'You are signed out everywhere at once. Applications lose their access to your account, and your API keys stop working.',
    later: (days: number) =>
      days === 0
        ? 'Your data is deleted for good soon after. This cannot be undone.'
        : `Your data is deleted for good after ${days === 1 ? 'one day' : `${days} days`}. If you sign in before then, your account is kept.`,
    elsewhere: 'The access to your connected accounts is revoked at those services.',
    first: 'You may want to download your data first.',
    submit: 'Delete my account',
    back: 'Keep my account',
    last: 'You are the last administrator. Make another user an administrator first.',
  },
  deleted: {
    title: 'Your account will be deleted',
    what: <T>(day: T) => ['Your account and your data are deleted after ', day, '. You are signed out everywhere.'],
    keep: 'To keep your account, sign in before then.',
  },
};
