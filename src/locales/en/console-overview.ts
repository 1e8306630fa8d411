/** The first page of the console. */
export const consoleOverview = {
  title: 'Overview',
  attention: {
    title: 'What needs attention',
    nothing: 'Nothing needs attention.',
    look: 'Open',
    unreachable: (name: string) => `The database ${name} does not respond: its records are missing here.`,
    unreadable: (count: number) =>
      `No root secret opens ${count} of the stored secrets and tokens that were tried: a root secret was lost or replaced. Put the right one back.`,
    unusableSecret: (reason: string) => `A secret is malformed, and left out: ${reason}`,
    unbound: (name: string) =>
      `The database ${name} exists but is not bound to this Worker: what was issued there is answered 503 until it is bound again.`,
    oldKey: (slot: number, days: number) => `The signing key in slot ${slot} has signed for ${days} days: replace it.`,
    cutoff: (subject: string, databases: string) =>
      `A revocation (${subject}) is not in these databases yet: ${databases}. It is sent again every five minutes.`,
    waiting: (count: number) =>
      count === 1 ? 'A client awaits your approval.' : `${count} clients await your approval.`,
    noScopes: (name: string) => `The resource ${name} has no scopes: no user can consent to access.`,
    withoutPkce: (name: string) =>
      `${name} may send authorization requests without PKCE: nothing but its own check of state and nonce keeps a stolen authorization code from being injected into a session of its users. Enable "Require PKCE" once it supports it.`,
    moreWithoutPkce: 'Further clients may do so, too.',
    connections: (count: number) =>
      count === 1
        ? 'Since yesterday, a connection to another service failed.'
        : `Since yesterday, connections to other services failed ${count} times.`,
    signUp: 'Sign-up is open to everyone.',
    noMail: 'Sign-up is open to everyone, but needs mail, which is not set up.',
    anyOrigin: 'Pages of every origin may call the token endpoint and the APIs.',
  },
  checklist: {
    title: 'Before you go live',
    done: 'done',
    open: 'to do',
    go: 'Open',
    administrator: 'Add a second administrator',
    passkey: 'Add a passkey to your account',
    mail: 'Set a mail sender',
    origins: 'Allow only the origins of your own pages (CORS)',
    backups: 'Arrange backups, and note where they are',
  },
  /** A number of the last days. */
  figure: (name: string, days: number) => `${name}, ${days} days`,
  change: (percent: number) =>
    percent === 0
      ? 'as many as in the days before'
      : `${percent > 0 ? '▲' : '▼'} ${Math.abs(percent)} % on the days before`,
  noneBefore: 'none in the days before',
  latest: 'Latest events',
  toAudit: 'Audit log',
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
  failures: 'Errors',
  failuresOf: (days: number) =>
    `In the last ${days} days, the most frequent first; errors of the last seconds may be missing`,
  noFailures: 'None.',
  kind: 'Error',
  meaning: 'Meaning',
  times: 'Times',
  kinds: {
    access_denied: 'A user denied consent, or has not the required role.',
    invalid_client: 'A client is unknown, or its authentication failed.',
    invalid_client_metadata: 'The metadata of a registration is invalid.',
    invalid_dpop_proof: 'A DPoP proof is invalid.',
    invalid_grant: 'A code or refresh token was expired, used, revoked, or of another client.',
    invalid_redirect_uri: 'A redirect URI cannot be registered.',
    invalid_request: 'A request was malformed.',
    invalid_scope: 'A client requested scopes that it is not allowed.',
    invalid_target: 'A client requested an unknown resource.',
    invalid_token: 'A token was missing, expired or revoked.',
    insufficient_scope: 'A token has not the required scope.',
    server_error: 'Internal error: see the log.',
    temporarily_unavailable: 'A database did not respond.',
    too_large: 'A request was too large.',
    too_many_requests: 'A rate limit was exceeded.',
    unauthorized_client: 'A client used a grant type that it did not register.',
    other: 'See the specification.',
  } as Record<string, string>,
};
