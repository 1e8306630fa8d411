/** Sessions in the console. */
export const consoleSessions = {
  title: 'Where people are signed in',
  lead: 'Each is one browser, latest first. Those that are over stay on record for a while.',
  search: { label: 'The id of a person (u_…)', hint: 'The whole id: parts of one find nothing.' },
  column: {
    person: 'Person',
    device: 'Device',
    since: 'Signed in',
    seen: 'Last seen',
    state: 'State',
    end: 'Sign it out',
  },
  states: {
    active: 'active',
    ended: 'ended',
    expired: 'expired',
    unused: 'unused for too long',
    'cut off': 'ended with all of its person',
  },
  end: 'Sign out…',
  asking: {
    heading: 'Sign this browser out?',
    what: 'Its session is over at once, and the applications that were signed in to by it are told. Applications with offline access keep it.',
    submit: 'Sign out',
  },
};
