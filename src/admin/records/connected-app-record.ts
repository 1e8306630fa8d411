/** The record of a connected app: its answers, lists and actions; its fields and requests stand in connected-app.ts. */
import * as z from 'zod';
import { CLIENT_AUTH_METHODS } from '../../protocol/authentication-method.ts';
import { ConnectedAppDescription, DPOP_USES } from '../../protocol/connected-app.ts';
import { CONNECTED_APP_FIELDS, ConnectedAppChangesRequest, NewConnectedAppRequest } from './connected-app.ts';
import type { RecordValues } from './field.ts';
import { defineRecord, Time } from './record.ts';

const answer = z.strictObject({
  id: z.string(),
  template: z.string(),
  ...ConnectedAppDescription.shape,
  dpop: z.enum(DPOP_USES).describe('Whether its tokens are bound to a key of this server (RFC 9449).'),
  issuer: z.string().describe('The issuer of its credentials and tokens.'),
  metadata: z.string().nullable().describe('The address of the metadata of the server.'),
  completed_by: z.string().nullable().describe('The address of its other metadata document, where that has more.'),
  warning: z.string().nullable().describe('A fault of the metadata that does not prevent its use.'),
  redirect_uri: z.string().describe('The redirect URI to register at the provider.'),
  client_id: z.string(),
  registered: z.enum(['given', 'document', 'registered']).describe('How this server became its client.'),
  auth_method: z.enum(CLIENT_AUTH_METHODS),
  has_secret: z.boolean(),
  created_at: Time('When it was created.'),
  disabled: z.boolean(),
});

const { shape } = answer;

const FIELDS = {
  ...CONNECTED_APP_FIELDS,
  metadata: { schema: shape.metadata, label: 'Metadata', display: 'link' },
  completed_by: { schema: shape.completed_by, label: 'Further metadata', display: 'link' },
  warning: { schema: shape.warning, label: 'Warning' },
  redirect_uri: { schema: shape.redirect_uri, label: 'Redirect URI', display: 'code' },
  registered: {
    schema: shape.registered,
    label: 'Client registration',
    choices: {
      given: 'by an administrator',
      document: 'Client ID Metadata Document',
      registered: 'Dynamic Client Registration',
    },
  },
  has_secret: { schema: shape.has_secret, label: 'Has a client secret' },
  created_at: { schema: shape.created_at, label: 'Created', display: 'day' },
} as const;

const revoked = ({ count = 0, more = false }: { count?: number; more?: boolean }): string => {
  if (more) return `More than ${count} connections are revoked.`;
  if (count === 0) return 'It has no connections.';
  return count === 1 ? 'One connection is revoked.' : `${count} connections are revoked.`;
};

export const CONNECTED_APP = defineRecord({
  type: 'ConnectedApp',
  one: 'connected app',
  many: 'connected apps',
  about:
    'Authorization servers at which this server is a client: users connect their account there once, and your services get a valid access token from here.',
  fields: FIELDS,
  id: 'id',
  named: 'name',
  answer,
  create: NewConnectedAppRequest,
  unique: 'id',
  change: ConnectedAppChangesRequest,
  fresh: { create: true, change: true },
  warnings: ({ disabled, warning }: RecordValues) => [
    disabled === true && 'It is disabled: users can neither connect nor use it. They can still disconnect it.',
    typeof warning === 'string' && warning,
  ],
  texts: {
    getSummary: 'One connected app, its redirect URI among it',
    createSummary: 'Creates a connected app, from the metadata of the server',
    changeSummary: 'Changes a connected app; its server is looked at again',
  },
  api: { path: '/connected-apps', rows: 'connected_apps' },
  console: { path: '/console/connected-apps', section: 'connectedApps', listed: true, page: true, presets: 'template' },
  command: { noun: 'connected-apps', id: 'id', positions: ['id', 'template'], yesNo: true },
  list: {
    summary: 'The authorization servers at which this server is a client',
    columns: ['name', 'id', 'issuer', 'registered', 'disabled'],
    inCommand: ['name', 'issuer', 'client_id', 'disabled'],
    anywhere: ['id', 'issuer', 'name'],
  },
  relations: [
    {
      type: 'Connection',
      filter: 'app',
      columns: ['user', 'account', 'scope', 'state', 'reason', 'created_at'],
      heading: 'Connections',
      none: 'No user has connected it.',
    },
  ],
  actions: {
    refresh: {
      method: 'POST',
      path: '/refresh',
      operationId: 'refreshConnectedApp',
      answer: 'record',
      summary: 'Reads the metadata of the server again; where its issuer changed, registers again',
      label: 'Refresh metadata…',
      heading: 'Refresh the metadata of {name}?',
      effect:
        'The metadata of the server is read again. If it has another issuer now, this server registers there anew, and users connect again.',
      submit: 'Refresh',
      leadsTo: 'record',
    },
    disable: {
      sets: { disabled: true },
      summary: 'Disables a connected app: users can neither connect nor use it',
      label: 'Disable…',
      danger: true,
      heading: 'Disable {name}?',
      effect: 'Users can neither connect it nor use its tokens. Connections stay, and work again when it is enabled.',
      submit: 'Disable',
      leadsTo: 'record',
      when: ({ disabled }) => disabled === false,
    },
    enable: {
      sets: { disabled: false },
      summary: 'Enables a connected app',
      label: 'Enable…',
      heading: 'Enable {name}?',
      effect: 'Users may connect it, and existing connections work again.',
      submit: 'Enable',
      leadsTo: 'record',
      when: ({ disabled }) => disabled === true,
    },
    delete: {
      summary: 'Deletes a connected app, with everything connected through it',
      label: 'Delete…',
      danger: true,
      heading: 'Delete {name}?',
      effect: (_, found) =>
        `${revoked(found)} Their tokens are revoked at the provider, and the client registration there is deleted if this server created it.`,
      submit: 'Delete',
      done: 'deleted',
      leadsTo: 'list',
    },
  },
});
