/** The page of a trusted issuer in the console, beside its definition. */
export const consoleIssuers = {
  title: 'Linked subjects',
  caption: 'Subjects of the issuer, and the users that they are linked to',
  none: 'No subject is linked.',
  add: 'Link a subject',
  adding:
    'An assertion of the issuer for this subject (sub) is accepted for this user. The ID of a user begins with u_.',
  subject: 'Subject',
  user: 'User',
  action: 'Action',
  unlink: 'Unlink…',
  asking: (subject: string) => ({
    heading: `Unlink the subject “${subject}”?`,
    what: 'Assertions of the issuer for this subject are refused from now on.',
    submit: 'Unlink',
  }),
};
