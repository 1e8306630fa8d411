/** The actions on a user, and their texts. */
import type { ActionDefinition } from './action.ts';
import type { Shown } from './field.ts';
import { EndedSessions, InvitationAnswer } from './user-answers.ts';

const LOST =
  'signed out everywhere, and every grant, refresh token, access token, API key and code of theirs is revoked.';

/** True while the deletion of the user is due. */
export const isScheduled = ({ deletion_due_at: due }: Shown): boolean => due !== null;
const isActive = (user: Shown): boolean => user.disabled === false && !isScheduled(user);

/** The text above a link that is shown this once. */
export const linkText = ({ mailed }: Shown): string =>
  mailed === true
    ? 'A link was mailed to them. You can also give them this one: it works once, for seven days, and is shown this once.'
    : 'Give them this link. It works once, for seven days, and is shown this once.';

export const USER_ACTIONS = {
  invite: {
    method: 'POST',
    path: '/invitation',
    operationId: 'inviteAgain',
    answer: { name: 'Invitation', schema: InvitationAnswer },
    summary: 'Creates another link, for a lost link or password',
    says: '{link}',
    label: 'New link…',
    heading: 'A new link for {name}?',
    effect:
      'With it they choose another password. Every older link ends when they do. It is mailed to them, too, if mail is set up.',
    submit: 'Create a link',
    leadsTo: 'record',
    once: { member: 'link', label: 'One-time link', title: 'A link for {name}', text: linkText },
    when: isActive,
  },
  'sign-out': {
    path: '/sessions',
    operationId: 'deleteSessionsOf',
    answer: { name: 'EndedSessions', schema: EndedSessions },
    summary: 'Ends every session of the user',
    says: ({ ended, shards_that_did_not_answer: pending }) =>
      (pending as string[]).length === 0
        ? `${ended} ended.`
        : `${ended} ended; those in ${(pending as string[]).join(' ')} end as soon as that responds.`,
    label: 'Sign out everywhere…',
    heading: 'Sign {name} out everywhere?',
    effect:
      'Every browser of theirs is signed out, no browser is remembered for two-step sign-in any more, and the applications of those sessions are notified. Applications with offline access keep it.',
    submit: 'Sign out',
    done: ({ shards_that_did_not_answer: pending }) => ((pending as string[]).length > 0 ? 'sessions-end' : 'ended'),
    leadsTo: 'record',
    when: isActive,
  },
  revoke: {
    notInApi: 'POST /revocations revokes all of a user',
    summary: 'Revokes all access of a user',
    notInCommand: 'grants revoke-all does it',
    page: '/end',
    label: 'Revoke all access…',
    danger: true,
    heading: 'Revoke all access of {name}?',
    effect: `They are ${LOST} The account stays, and they may sign in again.`,
    submit: 'Revoke all access',
    done: 'ended',
    leadsTo: 'record',
    when: isActive,
  },
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
    when: isActive,
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
  withdraw: {
    path: '/consents/{client}',
    operationId: 'deleteConsent',
    summary: 'Revokes all access of a client that the user granted',
    parameters: ['client id'],
    says: 'Revoked.',
    page: '/consents/{client}',
    label: 'Revoke access…',
    heading: 'Revoke the access of {client}?',
    effect: 'All access that {name} granted this client is revoked. It may ask them again.',
    submit: 'Revoke access',
    done: 'ended',
    leadsTo: 'record',
  },
  'remove-passkey': {
    path: '/passkeys/{passkey}',
    operationId: 'deletePasskey',
    summary: 'Removes a passkey of the user, such as that of a lost device',
    parameters: ['passkey id'],
    says: 'Removed.',
    page: '/passkeys/{passkey}',
    label: 'Remove…',
    heading: 'Remove this passkey of {name}?',
    effect:
      'It no longer signs in. They are notified by mail, if mail is set up. If it was their only sign-in method, give them a new link.',
    submit: 'Remove',
    done: 'removed',
    leadsTo: 'record',
  },
  'reset-second-factor': {
    path: '/second-factor',
    operationId: 'resetSecondFactor',
    summary: 'Turns off two-step sign-in of the user, such as of a user who lost their phone and their recovery codes',
    says: 'Turned off.',
    page: '/second-factor',
    label: 'Reset two-step sign-in…',
    heading: 'Turn off two-step sign-in of {name}?',
    effect:
      'Their authenticator app and their recovery codes do not sign in any more, so their password, or another first step, opens the account alone until they set it up again. Make sure that it is them who ask. They are notified by mail, if mail is set up. Where a second factor is required, the next sign-in sets it up.',
    submit: 'Turn it off',
    done: 'second-factor-reset',
    leadsTo: 'record',
    when: ({ second_factor: isOn }) => isOn === true,
  },
} as const satisfies Record<string, ActionDefinition>;
