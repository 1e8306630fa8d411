/** The first page of the console. */
export const consoleOverview = {
  title: 'Overview',
  attention: {
    title: 'What needs attention',
    nothing: 'Nothing does.',
    look: 'Look at it',
    unreachable: (name: string) => `The database ${name} does not answer: what it holds is missing here.`,
    oldKey: (slot: number, days: number) => `The signing key in slot ${slot} has signed for ${days} days: replace it.`,
    cutoff: (subject: string, databases: string) =>
      `Something was taken away (${subject}), and these databases do not know yet: ${databases}. They are told every five minutes.`,
    noScopes: (name: string) => `The resource ${name} has no scopes: nobody can be asked what a client may do there.`,
    connections: (count: number) =>
      count === 1
        ? 'Since yesterday, a connection to another service failed.'
        : `Since yesterday, connections to other services failed ${count} times.`,
    signUp: 'Anybody may make an account here.',
    noMail: 'Anybody may make an account, but no mail goes out: nobody can finish.',
    anyOrigin: 'Pages of every origin may call the token endpoint and the APIs.',
  },
  counters: {
    'sign-ins': 'Sign-ins',
    grants: 'Grants',
    tokens: 'Access tokens',
    'sign-ins.failed': 'Failed sign-ins',
  },
  sum: (total: number, today: number, most: number, days: number) =>
    total === 0
      ? `None in ${days} days.`
      : `${total} in ${days} days, ${most} at most on one day, ${today} today (UTC).`,
  chart: (name: string, days: number) => `${name} on each of the last ${days} days; the table below has the numbers`,
  asTable: 'The same as a table',
  perDay: 'On each day (UTC)',
  day: 'Day',
  failures: 'What was refused',
  failuresOf: (days: number) =>
    `In the last ${days} days, the most frequent first; what happened in the last seconds may be missing`,
  noFailures: 'Nothing was.',
  kind: 'Error',
  meaning: 'What it means',
  times: 'Times',
  kinds: {
    access_denied: 'A person said no, or may not do that.',
    invalid_client: 'A client is not known here, or did not prove itself.',
    invalid_client_metadata: 'A client registered what cannot be.',
    invalid_dpop_proof: 'A request did not prove that it has its key.',
    invalid_grant: 'A code or refresh token was old, used or of another client.',
    invalid_redirect_uri: 'A redirect URI cannot be registered.',
    invalid_request: 'A request was not well-formed.',
    invalid_scope: 'A client asked for more than it may.',
    invalid_target: 'A client asked for a resource that is not here.',
    invalid_token: 'A token was missing, expired or revoked.',
    insufficient_scope: 'A token may not do what it was used for.',
    server_error: 'Something went wrong here: look at the log.',
    temporarily_unavailable: 'A database did not answer.',
    too_large: 'A request was too large.',
    too_many_requests: 'Somebody asked too often.',
    unauthorized_client: 'A client used a grant type that it did not register.',
    other: 'See the reference of OAuth.',
  } as Record<string, string>,
};
