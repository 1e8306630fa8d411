/** The actions on a user, and their texts. */
import type { ActionDefinition } from './action.ts';
import type { RecordValues } from './field.ts';
import { EndedSessions, InvitationAnswer } from './user-answers.ts';
import { isUserActive, LOST, USER_STATE_ACTIONS } from './user-state-actions.ts';

/** The text above a link that is shown this once. */
export const linkText = ({ mailed }: RecordValues): string =>
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
    when: isUserActive,
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
    when: isUserActive,
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
    when: isUserActive,
  },
  ...USER_STATE_ACTIONS,
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
