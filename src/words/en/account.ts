/** Who one is here. */
export const account = {
  title: 'Your account',
  name: 'Name',
  email: 'E-mail address',
  roles: 'Roles',
  signOut: 'Sign out',
};
