/** The actions on a client, and what they end, in sentences. */
import type { ActionDefinition } from './action.ts';
import { CLIENT_SECRET_ACTIONS } from './client-secret-actions.ts';

/** The grants and codes that an action ends, in a sentence. */
const endedWith = ({ grants = 0, users = 0, more = false }: { grants?: number; users?: number; more?: boolean }) =>
  grants === 0
    ? 'It has no grants. Its codes and tokens are revoked.'
    : `This revokes ${more ? 'more than ' : ''}${grants} ${grants === 1 ? 'grant' : 'grants'} of ${users} ${users === 1 ? 'user' : 'users'}, with their refresh tokens, and its codes. Access tokens are refused here at once; a resource server that validates them locally accepts them until they expire.`;

export const CLIENT_ACTIONS = {
  ...CLIENT_SECRET_ACTIONS,
  trust: {
    sets: { trusted: true },
    summary: 'Skips consent: users are never asked',
    notInConsole: 'the form sets it',
    says: '{client_id}: trusted',
  },
  distrust: {
    sets: { trusted: false },
    summary: 'Asks users for consent again',
    notInConsole: 'the form sets it',
    says: '{client_id}: users are asked for consent',
  },
  approve: {
    sets: { approval: 'approved' },
    summary: 'Approves a client that no administrator created',
    says: '{client_id}: approved',
    label: 'Approve…',
    heading: 'Approve {name}?',
    effect: 'Its users may allow it then, each for their own account. You can refuse or disable it later.',
    submit: 'Approve',
    done: 'client-approved',
    leadsTo: 'record',
    when: ({ origin, approval }) => origin !== 'administrator' && approval !== 'approved',
  },
  refuse: {
    sets: { approval: 'refused' },
    summary: 'Refuses a client that no administrator created: nothing that it sends or holds is accepted, at once',
    says: '{client_id}: refused',
    label: 'Refuse…',
    heading: 'Refuse {name}?',
    effect: (_, found) => [
      endedWith(found),
      'From then on nothing that it sends is accepted. You can approve it later.',
    ],
    submit: 'Refuse',
    done: 'client-refused',
    leadsTo: 'record',
    when: ({ origin, approval }) => origin !== 'administrator' && approval !== 'refused',
  },
  disable: {
    sets: { disabled: true },
    summary: 'Disables a client: nothing that it sends or holds is accepted, at once',
    says: '{client_id}: disabled',
    label: 'Disable…',
    danger: true,
    heading: 'Disable {name}?',
    effect: (_, found) => [
      endedWith(found),
      'From then on nothing that it sends is accepted. You can enable it again; its users will be asked again.',
    ],
    submit: 'Disable',
    done: 'client-disabled',
    leadsTo: 'record',
    when: ({ disabled }) => disabled === false,
  },
  enable: {
    sets: { disabled: false },
    summary: 'Enables a client; what was revoked when it was disabled stays revoked',
    says: '{client_id}: enabled',
    label: 'Enable…',
    heading: 'Enable {name}?',
    effect: 'Its requests are accepted again. What was revoked when it was disabled stays revoked.',
    submit: 'Enable',
    done: 'client-enabled',
    leadsTo: 'record',
    when: ({ disabled }) => disabled === true,
  },
  revoke: {
    notInApi: 'POST /revocations revokes all of a client',
    summary: 'Revokes all grants, tokens and codes of a client',
    notInCommand: 'grants revoke-all does it',
    page: '/end',
    label: 'Revoke access…',
    danger: true,
    heading: 'Revoke all access of {name}?',
    effect: (_, found) => endedWith(found),
    submit: 'Revoke access',
    done: 'client-ended',
    leadsTo: 'record',
  },
  delete: {
    summary: 'Deletes a client and revokes its grants',
    label: 'Delete…',
    danger: true,
    heading: 'Delete {name}?',
    effect: (_, found) => [
      endedWith(found),
      'The client and its client ID are deleted for good. To keep it for later, disable it.',
    ],
    submit: 'Delete',
    done: 'client-deleted',
    leadsTo: 'list',
  },
} as const satisfies Record<string, ActionDefinition>;
