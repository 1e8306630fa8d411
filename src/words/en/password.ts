/** Choosing another password. */
export const password = {
  title: 'Password',
  lead: 'All your other browsers will be signed out. Applications with access keep it.',
  label: 'New password',
  submit: 'Keep this password',
};
