/** The record of a client: its requests, answers, lists and actions; its fields stand in client.ts and client-metadata.ts. */
import * as z from 'zod';
import { DEFAULT_METHOD } from '../../protocol/authentication-method.ts';
import { LANGUAGE_TAGGED_NAME } from '../../protocol/client-metadata-members.ts';
import { AUTHORIZATION_CODE, REFRESH_TOKEN } from '../../protocol/grant-type.ts';
import { AdministeredShape, CLIENT_FIELDS } from './client.ts';
import { isMetadata, METADATA } from './client-metadata.ts';
import type { Shown } from './field.ts';
import { defineRecord, Time } from './record.ts';
import { pick } from './request.ts';
import { ClientTimeline } from './timeline.ts';

const FIELDS = {
  client_id: { schema: z.string(), label: 'Client ID', display: 'code' },
  origin: {
    schema: z.enum(['registration', 'administrator', 'document']).describe('How it was registered.'),
    label: 'Registered by',
    choices: {
      administrator: 'administrator',
      registration: 'Dynamic Client Registration',
      document: 'Client ID Metadata Document',
    },
  },
  metadata: {
    schema: z.record(z.string(), z.unknown()).describe('RFC 7591 section 2.'),
    label: 'Client metadata',
  },
  ...CLIENT_FIELDS,
  created_at: { schema: Time('When it was created.'), label: 'Created', display: 'day', sort: 'created' },
  last_used_at: { schema: Time('When it was used last, to the day.'), label: 'Last used', display: 'day' },
  approval_requested_at: {
    schema: Time('Time of the first use by a user while it awaited approval.').nullable(),
    label: 'Approval requested',
    display: 'day',
  },
  disabled: {
    schema: z.boolean(),
    label: 'State',
    display: 'state',
    choices: { true: 'disabled', false: 'enabled' },
    notInConsole: 'the actions Disable and Enable ask before they set it',
    notInCommand: 'clients disable and clients enable set it',
  },
  client_secret: { schema: z.string().optional().describe('Shown this once.'), label: 'Client secret' },
} as const;

const answer = z.strictObject({
  client_id: FIELDS.client_id.schema,
  origin: FIELDS.origin.schema,
  metadata: FIELDS.metadata.schema,
  ...AdministeredShape,
  created_at: FIELDS.created_at.schema,
  last_used_at: FIELDS.last_used_at.schema,
  approval_requested_at: FIELDS.approval_requested_at.schema,
  disabled: FIELDS.disabled.schema,
});

/** Metadata stays as it was sent: `parseClientMetadata` validates it. */
const Metadata = z
  .looseObject(
    Object.fromEntries(
      Object.entries(METADATA).map(([name, { help }]) => [name, z.unknown().optional().describe(help)]),
    ),
  )
  .superRefine((metadata, context) => {
    const keys = Object.keys(metadata).filter((name) => !isMetadata(name) && !LANGUAGE_TAGGED_NAME.test(name));
    if (keys.length > 0) context.addIssue({ code: 'unrecognized_keys', keys, input: metadata });
  })
  .meta({ additionalProperties: false, patternProperties: { [LANGUAGE_TAGGED_NAME.source]: {} } });

/** Fields that only an administrator sets. */
const administered = z.object(AdministeredShape).partial().shape;

export const NewClientRequest = z.strictObject({ metadata: Metadata, ...administered });
export const ClientChangesRequest = z
  .strictObject({ metadata: Metadata.optional(), disabled: z.boolean().optional(), ...administered })
  .refine((changes) => Object.keys(changes).length > 0, { error: 'name at least one thing to change' });

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

const ClientProblemList = z.strictObject({
  problems: z
    .array(
      z.strictObject({
        error: z.string().describe('The error code.'),
        reason: z.string().describe('The sentence that came with it.'),
        redirect_uri: z
          .string()
          .nullable()
          .describe('As it was sent, without the values of its query; null where the error is not about one.'),
        count: z.number().int().describe('How often, at least.'),
        first_seen: Time('When it was seen first.'),
        last_seen: Time('When it was seen last.'),
      }),
    )
    .describe('The latest first, 20 at most.'),
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

/** The host of the first redirect URI; that of a document's client is in its name. */
function hostOf({ origin, redirect_uris }: Shown): string | undefined {
  const uri = Array.isArray(redirect_uris) ? String(redirect_uris[0] ?? '') : '';
  return origin !== 'document' && URL.canParse(uri) ? new URL(uri).host || undefined : undefined;
}

export const CLIENT = defineRecord({
  type: 'Client',
  one: 'client',
  many: 'clients',
  about: 'Applications that may ask users for access here, or act on their own behalf.',
  fields: FIELDS,
  id: 'client_id',
  named: 'client_name',
  answer,
  create: NewClientRequest,
  once: pick(FIELDS, 'client_secret'),
  change: ClientChangesRequest,
  warnings: ({ disabled, approval, approval_requested_at: requested }) => [
    disabled === true && 'This client is disabled: nothing that it sends is accepted.',
    approval === 'refused' && 'This client is refused: nothing that it sends is accepted.',
    approval === null && requested !== null && 'Users want to use this client, and no administrator has approved it.',
  ],
  texts: {
    changing:
      'Removing scopes or roles revokes all grants and tokens of the client; its users are asked for consent again.',
    created: '{name} was created',
    once: ({ client_secret: secret }) =>
      secret === undefined ? '' : 'The secret is shown this once. Copy it now, to where the application reads it.',
    onceLabel: 'Client secret',
    createSummary: 'Creates a client; its secret is shown this once',
    changeSummary: 'Changes a client; narrower scopes or roles revoke what was issued before',
  },
  api: { path: '/clients', rows: 'clients' },
  console: {
    path: '/console/clients',
    section: 'clients',
    listed: true,
    page: true,
    tabs: [
      { path: '', label: 'Settings' },
      { path: '/credentials', label: 'Credentials' },
      { path: '/grants', label: 'Users and grants', relation: 'Grant' },
      { path: '/tokens', label: 'Tokens', relation: 'Token' },
      { path: '/problems', label: 'Recent problems' },
      { path: '/timeline', label: 'Connection timeline' },
    ],
    subtitle: hostOf,
  },
  command: {
    noun: 'clients',
    id: 'client id',
    fill: () => ({ grant_types: [AUTHORIZATION_CODE, REFRESH_TOKEN] }),
  },
  list: {
    summary: 'Clients',
    columns: ['client_name', 'origin', 'created_at', 'last_used_at', 'disabled'],
    inCommand: ['client_name', 'origin', 'trusted', 'disabled'],
    filters: {
      search:
        'Only those that have each word in name, host or client ID, by the beginning of a word; one page of them.',
      name_begins: 'Only those whose name begins like this, by name.',
      address_begins: 'Only those whose first redirect URI begins like this after its scheme, by that address.',
    },
    searched: { 'https://': 'id', '': 'search' },
    search: { label: 'Name, host or client ID', hint: 'The beginning of any word of it.' },
    latestFirst: true,
    everyPage: true,
  },
  relations: [
    {
      type: 'Grant',
      filter: 'client',
      columns: ['user', 'scope', 'since', 'last_used'],
      heading: 'Grants',
      none: 'It has no grants.',
      only: ({ status }) => status === 'active',
    },
    {
      type: 'Token',
      filter: 'client',
      columns: ['user', 'scope', 'resource', 'expires_at', 'status'],
      heading: 'Access tokens',
      none: 'It has no valid access token.',
    },
  ],
  views: {
    timeline: {
      path: '/timeline',
      operationId: 'getClientTimeline',
      summary: 'The connection timeline: how far the latest attempt to connect came, and the step at which it stopped',
      query: { user: 'The ID of the user; without it, the user of the latest attempt that is recorded.' },
      answer: { name: 'ClientTimeline', schema: ClientTimeline },
      command: { verb: 'timeline', rows: 'steps', columns: ['at', 'step', 'state', 'text'], lead: 'summary' },
    },
    problems: {
      path: '/problems',
      operationId: 'listClientProblems',
      summary: 'Recent problems of a client: what its requests were refused for lately',
      answer: { name: 'ClientProblemList', schema: ClientProblemList },
      command: {
        verb: 'problems',
        rows: 'problems',
        columns: ['last_seen', 'count', 'error', 'reason', 'redirect_uri'],
        none: 'No recent problems.',
      },
    },
  },
  actions: {
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
  },
});
