/** The actions that decide whether an account is accepted: disable, enable, delete, and cancel the deletion. */
import type { ActionDefinition } from './action.ts';
import type { RecordValues } from './field.ts';

/** The effect on what a user has. */
export const LOST =
  'signed out everywhere, and every grant, refresh token, access token, API key and code of theirs is revoked.';

/** True while the deletion of the user is due. */
export const isScheduled = ({ deletion_due_at: due }: RecordValues): boolean => due !== null;

/** True for a user whose credentials are accepted. */
export const isUserActive = (user: RecordValues): boolean => user.disabled === false && !isScheduled(user);

export const USER_STATE_ACTIONS = {
  disable: {
    sets: { disabled: true },
    summary: 'Disables a user: every session and grant ends at once',
    says: '{email}: disabled',
    label: 'Disable…',
    danger: true,
    heading: 'Disable {name}?',
    effect: `They cannot sign in any more. They are ${LOST} The account stays, and can be enabled again.`,
    submit: 'Disable',
    done: 'user-disabled',
    leadsTo: 'record',
    when: isUserActive,
  },
  enable: {
    sets: { disabled: false },
    summary: 'Enables a user, who may sign in again',
    says: '{email}: enabled',
    label: 'Enable…',
    heading: 'Enable {name}?',
    effect:
      'They may sign in again, with the same sign-in methods. Revoked access stays revoked: applications ask them again.',
    submit: 'Enable',
    done: 'user-enabled',
    leadsTo: 'record',
    when: (user) => user.disabled === true && !isScheduled(user),
  },
  delete: {
    method: 'POST',
    path: '/deletion',
    operationId: 'requestDeletion',
    answer: 'record',
    summary: 'Requests the deletion of the user, who is disabled at once; their data is deleted after the grace period',
    says: '{email} is disabled, and is deleted after {deletion_due_at}. Until then: users cancel-deletion',
    label: 'Delete…',
    danger: true,
    heading: 'Delete {name}?',
    effect: (_, { days }) => [
      `They are disabled at once: ${LOST}`,
      `Their data is deleted for good after ${days === 1 ? 'one day' : `${days} days`} (a setting). Until then you can cancel it here.`,
      'Tokens of their connected accounts are revoked at the providers. A client that acts as this user acts as itself from then on. The audit log keeps IDs only.',
    ],
    submit: 'Delete',
    done: 'deletion-requested',
    leadsTo: 'record',
    when: (user) => !isScheduled(user),
  },
  'cancel-deletion': {
    path: '/deletion',
    operationId: 'cancelDeletion',
    answer: 'record',
    summary: 'Cancels the deletion of the user, within the grace period',
    says: ({ email, disabled }) => `${email} is not deleted${disabled === true ? ', and is still disabled' : ''}.`,
    page: '/keep',
    label: 'Cancel the deletion…',
    heading: 'Cancel the deletion of {name}?',
    effect:
      'They may sign in again, unless they were disabled before. Revoked access stays revoked: applications ask them again.',
    submit: 'Cancel the deletion',
    done: 'deletion-cancelled',
    leadsTo: 'record',
    when: (user) => isScheduled(user) && user.purging !== true,
  },
} as const satisfies Record<string, ActionDefinition>;
