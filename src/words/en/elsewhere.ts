/** English: how this server is a client elsewhere, as connected apps and social logins both say it. */
export const choicesElsewhere = {
  always: 'always',
  never: 'never',
  client_secret_basic: 'a secret, in the Authorization header',
  client_secret_post: 'a secret, in the form',
  private_key_jwt: 'a key of this server (private_key_jwt)',
  none: 'nothing',
};
