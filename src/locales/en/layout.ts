/** The frame of every page. */
export const layoutTexts = {
  skip: 'Skip to the content',
  menu: 'Menu',
  breadcrumbs: 'Breadcrumbs',
  copy: 'Copy',
  copied: 'Copied',
  /** Before a warning. */
  careful: 'Careful.',
  language: 'Language',
  yourAccount: 'Your account',
  signOut: 'Sign out',
  request: (id: string) => `Request ${id}`,
  cancel: 'Cancel',
  earlier: 'Earlier',
  later: 'Later',
  pages: 'Pages',
};
