/** What the server's own scopes mean to a person; those of the settings are in the operator's words. */
export const scopes = {
  openid: 'Know which account you use here',
  profile: 'See your name and picture',
  email: 'See your e-mail address',
  roles: 'See which roles you have',
  offline_access: 'Stay connected while you are away',
  grants: 'See which applications may use your account, and take their access away',
  api_keys: 'Make and revoke API keys of your account',
  connections: 'Use your accounts elsewhere that you connected here',
  admin: 'Administer this server: settings, clients and people',
};
