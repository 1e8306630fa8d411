/** The requests that repeat, after a restore, the revocations and deletions since the restored time. */

export type ExportedCutoff = { subject: string; at: string | null; since: string; owing: string[] };
export type ExportedEvent = { at: string; type: string; subject: string; actor: string };

/** The export: made beside the backup, or before the restore, since the restored database lacks these events. */
export type Export = { exported_at: string; cutoffs: ExportedCutoff[]; events: ExportedEvent[] };

/** A request to the admin API; sent again it changes nothing. */
export type Act = { about: string; method: string; path: string; body?: unknown };

export type Plan = {
  acts: Act[];
  /** Further revoking changes, which an administrator must decide to repeat. */
  byHand: ExportedEvent[];
};

/** The records whose end is an event of its own, by type; each is ended under its id. */
const ENDED: Record<string, string> = {
  'token.revoked': '/tokens/',
  'grant.revoked': '/grants/',
  'session.ended': '/sessions/',
  'api-key.revoked': '/api-keys/',
  'client.deleted': '/clients/',
  'resource.deleted': '/resources/',
  'issuer.deleted': '/issuers/',
  'initial-access-token.deleted': '/initial-access-tokens/',
  'connected-app.deleted': '/connected-apps/',
  'social-login.deleted': '/social-logins/',
};

/** Further events that may have revoked something, or issued a secret that is now unknown. */
const BY_HAND =
  /^(setting\.changed|client\.(changed|secret-rotated|trust-ended)|user\.(changed|email-changed|password-set|deleted)|passkey\.removed|identity\.unlinked|resource\.put|issuer\.(put|unlinked)|api-key\.rotated|(connected-app|social-login|initial-access-token)\.changed|connection\.disconnected|.*\.deleted)$/;

const path = (start: string, id: string) => start + encodeURIComponent(id);

/** @param since the time that was restored to, in milliseconds. */
export function planOf({ cutoffs, events }: Export, since: number): Plan {
  const later = events.filter(({ at }) => Date.parse(at) >= since);
  const ends = later.flatMap(endOf);
  const cut = cutoffs.filter((cutoff) => Date.parse(cutoff.since) >= since).flatMap(actOf);
  const known = new Map([...cut, ...ends].map((act) => [`${act.method} ${act.path} ${JSON.stringify(act.body)}`, act]));
  return {
    acts: [...known.values()],
    byHand: later.filter(({ type }) => ENDED[type] === undefined && BY_HAND.test(type)),
  };
}

function endOf({ type, subject }: ExportedEvent): Act[] {
  const about = `${type} ${subject}`;
  // Such an event names the user, not the session: all of them end, for one of them must.
  const isOfUser = type === 'sign-out' || (type === 'session.ended' && subject.startsWith('u_'));
  if (isOfUser) return [{ about, method: 'DELETE', path: sessionsOf(subject) }];
  const start = ENDED[type];
  return start === undefined ? [] : [{ about, method: 'DELETE', path: path(start, subject) }];
}

const sessionsOf = (user: string) => `${path('/users/', user)}/sessions`;

/** A cutoff without a time is of what is disabled; any other ends what there is. */
function actOf({ subject, at }: ExportedCutoff): Act[] {
  const [, kind, id = ''] = /^(\w+):(.*)$/.exec(subject) ?? [];
  const about = at === null ? `${subject} was disabled` : subject;
  const disable = { about, method: 'PATCH', body: { disabled: true } };
  const revoke = (body: unknown): Act => ({ about, method: 'POST', path: '/revocations', body });
  switch (kind) {
    case 'user':
      if (at === null) return [{ ...disable, path: path('/users/', id) }];
      return [revoke({ user: id }), { about, method: 'DELETE', path: sessionsOf(id) }];
    case 'client':
      return [at === null ? { ...disable, path: path('/clients/', id) } : revoke({ client: id })];
    case 'consent': {
      // A client's id may be an address, with colons of its own.
      const [, user = '', client = ''] = /^([^:]*):(.*)$/.exec(id) ?? [];
      return [revoke({ user, client })];
    }
    case 'scope': {
      // No request takes a single scope back from a client: its user is asked again.
      const [, user = '', client = ''] = /^([^:]*):(\S*) /.exec(id) ?? [];
      return [revoke({ user, client })];
    }
    case 'sessions':
      return [{ about, method: 'DELETE', path: sessionsOf(id) }];
    case 'session':
      return [{ about, method: 'DELETE', path: path('/sessions/', id) }];
    default:
      return [];
  }
}
