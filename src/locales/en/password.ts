/** Changing the password. */
export const passwordTexts = {
  title: 'Password',
  lead: 'All your other browsers will be signed out. Applications with access keep it.',
  label: 'New password',
  submit: 'Save this password',
};
