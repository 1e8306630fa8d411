/** The rotation of a client secret: its request, answer and question. */
import * as z from 'zod';
import { DEFAULT_METHOD } from '../../protocol/authentication-method.ts';
import type { ActionDefinition } from './action.ts';
import type { RecordValues } from './field.ts';
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

const usesSecret = ({ metadata }: RecordValues): boolean =>
  ((metadata as RecordValues).token_endpoint_auth_method ?? DEFAULT_METHOD).toString().startsWith('client_secret_');

const overlapOf = ({ hours }: { hours?: number }) =>
  hours === 0
    ? 'Every earlier secret expires at once.'
    : `The old secret stays valid for ${hours} more hours; one replaced before, until its own time.`;

export const CLIENT_SECRET_ACTIONS = {
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
} as const satisfies Record<string, ActionDefinition>;
