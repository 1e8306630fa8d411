/** The frame of every page. */
export const layout = {
  skip: 'Skip to the content',
  yourAccount: 'Your account',
  signOut: 'Sign out',
  request: (id: string) => `Request ${id}`,
  cancel: 'Cancel',
  earlier: 'Earlier',
  later: 'Later',
  pages: 'Pages',
};
