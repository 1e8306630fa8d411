/** The API reference. The descriptions of the operations are in the API tables, in English. */
export const referenceTexts = {
  title: 'API reference',
  lead: 'The APIs of this server beside the OAuth endpoints.',
  openApi: ['OpenAPI 3.1', 'The same, machine-readable: client libraries can be generated from it.'] as [
    string,
    string,
  ],
  credentials: {
    heading: 'Authentication',
    what: 'Send an access token of this server, or an API key that a user created. Either needs the scopes of the operation.',
  },
  refusals: {
    heading: 'Errors',
    what: <T>(error: T, description: T, requestId: T, retryAfter: T) => [
      'The HTTP status has the class of the error, ',
      error,
      ' is its code, and ',
      description,
      ' explains it to the developer of the client. ',
      requestId,
      ' is the id of the request in the log. 429 and 503 have in ',
      retryAfter,
      ' the seconds to wait.',
    ],
  },
  does: 'Operation',
  scope: 'Scope',
  takes: 'Request body',
  orNothing: ', optional',
  answers: 'Response',
  noBody: '204, without a body',
  shapes: 'Schemas',
  optional: ', optional',
  default: (value: string) => `, default ${value}`,
  noSuch: 'the API reference has no such page.',
  back: 'Back to the API reference',
};
