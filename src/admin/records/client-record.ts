/** The record of a client: its answers and lists; its fields stand in client.ts and client-metadata.ts. */
import * as z from 'zod';
import { AUTHORIZATION_CODE, REFRESH_TOKEN } from '../../protocol/grant-type.ts';
import { AdministeredShape, CLIENT_FIELDS } from './client.ts';
import { CLIENT_ACTIONS } from './client-actions.ts';
import { ClientChangesRequest, NewClientRequest } from './client-requests.ts';
import { CLIENT_VIEWS } from './client-views.ts';
import type { RecordValues } from './field.ts';
import { defineRecord, Time } from './record.ts';
import { pick } from './request.ts';

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

/** The host of the first redirect URI; that of a document's client is in its name. */
function hostOf({ origin, redirect_uris }: RecordValues): string | undefined {
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
    presets: 'kind',
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
  views: CLIENT_VIEWS,
  actions: CLIENT_ACTIONS,
});
