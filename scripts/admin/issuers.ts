/** issuers link | unlink: the subjects of a trusted issuer; its other commands follow from its definition. */
import { type Command, idOf, nothing, record } from './command.ts';

const path = (issuer = '') => `/issuers/${encodeURIComponent(issuer)}/subjects`;

export const SUBJECT_COMMANDS: readonly Command[] = [
  {
    name: 'issuers link',
    takes: ['issuer', 'subject', 'e-mail'],
    about: 'Links a subject of the issuer to a user',
    request: nothing,
    run: async (api, [issuer, subject, email]) => api('PUT', path(issuer), { subject, user: await idOf(api, email) }),
    show: record,
  },
  {
    name: 'issuers unlink',
    takes: ['issuer', 'subject'],
    about: 'Unlinks a subject of the issuer from its user',
    request: nothing,
    run: (api, [issuer, subject = '']) => api('DELETE', `${path(issuer)}/${encodeURIComponent(subject)}`),
    show: () => 'Unlinked.',
  },
];
