/** The descriptions of this server's own scopes for users; those of resources are set by the administrator. */
export const scopesTexts = {
  openid: 'Know which account you use here',
  profile: 'See your name and picture',
  email: 'See your e-mail address',
  roles: 'See which roles you have',
  offline_access: 'Stay connected while you are away',
  grants: 'See which applications may use your account, and revoke their access',
  api_keys: 'Create and revoke API keys of your account',
  connections: 'Use your accounts at other services that you connected here',
  admin: 'Administer this server: settings, clients and users',
  /** A scope of an API without a description. */
  unnamed: (name: string) => `Use the permission “${name}”`,
};
