/** The actions on a client, and what they end, in sentences. */
import * as z from 'zod';
import { DEFAULT_METHOD } from '../../protocol/authentication-method.ts';
import type { ActionDefinition } from './action.ts';
import type { Shown } from './field.ts';
import { Time } from './record.ts';

const RotateSecretRequest = z.strictObject({
  overlap_hours: z
    .number()
    .int()
    .min(0)
    .max(720)
    .optional()
    .describe('How long the secret before it stays valid; 0 expires every earlier secret at once.'),
});

const NewClientSecret = z.strictObject({
  client_id: z.string(),
  client_secret: z.string().describe('Shown this once.'),
  old_secret_good_until: Time(
    'Until when the secret before it is valid; earlier ones until their own time.',
  ).optional(),
});

const usesSecret = ({ metadata }: Shown): boolean =>
  ((metadata as Shown).token_endpoint_auth_method ?? DEFAULT_METHOD).toString().startsWith('client_secret_');

/** The grants and codes that an action ends, in a sentence. */
const endedWith = ({ grants = 0, users = 0, more = false }: { grants?: number; users?: number; more?: boolean }) =>
  grants === 0
    ? 'It has no grants. Its codes and tokens are revoked.'
    : `This revokes ${more ? 'more than ' : ''}${grants} ${grants === 1 ? 'grant' : 'grants'} of ${users} ${users === 1 ? 'user' : 'users'}, with their refresh tokens, and its codes. Access tokens are refused here at once; a resource server that validates them locally accepts them until they expire.`;

const overlapOf = ({ hours }: { hours?: number }) =>
  hours === 0
    ? 'Every earlier secret expires at once.'
    : `The old secret stays valid for ${hours} more hours; one replaced before, until its own time.`;

export const CLIENT_ACTIONS = {
  'rotate-secret': {
    method: 'POST',
    path: '/secret',
    operationId: 'rotateClientSecret',
    body: { name: 'RotateSecretRequest', schema: RotateSecretRequest },
    answer: { name: 'NewClientSecret', schema: NewClientSecret },
    isIdempotent: true,
    summary: 'Creates a new secret; those before it stay valid for a while',
    says: ({ client_secret: secret, old_secret_good_until: until }) =>
      `${secret}  (shown this once)\n${until === undefined ? 'Every earlier one has expired.' : `The one before it is valid until ${until}.`}`,
    page: '/secret',
    label: 'Rotate secret…',
    danger: true,
    heading: 'Rotate the secret of {name}?',
    effect: (_, found) => [
      'The new secret is shown to you once. Put it where the application reads it.',
      overlapOf(found),
    ],
    submit: 'Rotate secret',
    done: 'saved',
    leadsTo: 'record',
    once: {
      member: 'client_secret',
      label: 'Client secret',
      title: 'The new secret of {name}',
      text: ({ old_secret_good_until: until }) =>
        until === undefined
          ? 'The secret is shown this once. Copy it now, to where the application reads it. Every earlier one has expired.'
          : `The secret is shown this once. Copy it now, to where the application reads it. The one before it is valid until ${until}.`,
    },
    when: usesSecret,
  },
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
