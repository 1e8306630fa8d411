/** The API reference: its frame. What each route does is said once, in English, where the routes stand. */
export const reference = {
  title: 'API reference',
  lead: 'What this server answers beside OAuth itself.',
  openApi: ['OpenAPI 3.1', 'The same for programs: client libraries can be made from it.'] as [string, string],
  credentials: {
    heading: 'Say who you are',
    what: 'By an access token of this server, or, where a person made one, by an API key. Each needs the scopes that stand beside a route.',
  },
  refusals: {
    heading: 'When something is refused',
    what: <T>(error: T, description: T, requestId: T, retryAfter: T) => [
      'The status says what kind of thing is wrong, ',
      error,
      ' is a code, and ',
      description,
      ' is a sentence for whoever wrote the client. ',
      requestId,
      ' is what the log knows the request by. 429 and 503 say in ',
      retryAfter,
      ' when to come again.',
    ],
  },
  scope: 'Scope',
  takes: 'Takes',
  orNothing: ', or nothing',
  answers: 'Answers',
  noBody: '204, without a body',
  shapes: 'What is sent and answered',
  optional: ', optional',
  default: (value: string) => `, ${value} where it is left out`,
  back: 'Back to the API reference',
};
