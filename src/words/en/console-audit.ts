/** The audit log in the console. */
export const consoleAudit = {
  title: 'Audit log',
  lead: (days: number) => `What happened and who did it, without any secret. It is kept for ${days} days (a setting).`,
  exportAll: 'Download all as JSON lines',
  exportFound: 'Download what was found as JSON lines',
  search: {
    label: 'What happened, to whom, or who did it',
    hint: 'Exactly as it stands in the list: a type such as grant.revoked, an id such as u_…, or an actor such as person:u_….',
  },
  days: {
    from: 'From this day',
    to: 'To this day',
    hint: 'The day itself included, as it is in UTC.',
    wrong: 'This must be a day such as 2026-01-31.',
    turned: 'This day is before the first one.',
  },
  column: { at: 'When', type: 'What', subject: 'To whom or what', actor: 'Who did it', detail: 'More' },
};
