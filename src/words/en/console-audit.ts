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
  column: { at: 'When', type: 'What', subject: 'To whom or what', actor: 'Who did it', detail: 'More' },
};
