/** The page of a protected resource in the console, beside its definition. */
export const consoleResources = {
  scopes: {
    title: 'Scopes',
    caption: 'Each with the text that a user reads when a client requests it',
    name: 'Scope',
    text: 'Text for users',
  },
  using: {
    title: 'How an API uses it',
    text: 'The API validates tokens with the public keys of this server, and accepts only those whose audience (aud) is its identifier. In a Worker the package does that in three lines:',
  },
};
