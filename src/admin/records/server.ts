/** The whole server, as a record without fields: its reports, and acts on all of it. Routes and commands follow. */
import * as z from 'zod';
import type { ActionDefinition } from './action.ts';
import type { ActedOn } from './record.ts';
import { IMPORT_ACTIONS } from './server-imports.ts';
import { SERVER_VIEWS } from './server-views.ts';

/** POST /revocations: revokes the tokens and grants of a client, of a user, or of both together. */
const RevocationRequest = z
  .strictObject({
    client: z.string().max(2000).optional().describe('Only of this client.'),
    user: z.string().max(100).optional().describe('Only of the user with this ID.'),
  })
  .refine(({ client, user }) => client !== undefined || user !== undefined, {
    error: 'name a client, a user, or both',
  });

const Sealing = z.strictObject({
  sealed_with: z.string().describe('The slot of the root secret in use.'),
  resealed: z.number().describe('How many secrets and tokens were sealed again.'),
  unreadable: z.number().describe('How many no root secret that is left can read.'),
});

const ACTIONS = {
  'revoke-all': {
    noun: 'grants',
    method: 'POST',
    path: '/revocations',
    operationId: 'revokeEverythingOf',
    body: { name: 'RevocationRequest', schema: RevocationRequest },
    summary: 'Revokes all that a client has, a user granted, or both together',
    says: 'Revoked.',
    notInConsole: 'the pages of clients, users, tokens and grants ask before they revoke all',
  },
  reseal: {
    noun: 'connected-apps',
    method: 'POST',
    path: '/sealing',
    operationId: 'resealConnectedApps',
    answer: { name: 'Sealing', schema: Sealing },
    summary: 'Seals stored tokens and secrets again, by the secret in use',
    says: '{resealed} sealed again; {unreadable} cannot be read with any root secret that is left.',
    notInConsole: 'it belongs to the rotation of the root secret, which is done on the command line',
  },
  ...IMPORT_ACTIONS,
} as const satisfies Record<string, ActionDefinition>;

const FIELDS = {
  client: { schema: RevocationRequest.shape.client, label: 'Client' },
  user: { schema: RevocationRequest.shape.user, label: 'User', display: 'user' },
} as const;

export const SERVER = {
  type: 'Server',
  fields: FIELDS,
  key: [],
  answer: z.strictObject({}),
  api: { path: '', rows: '' },
  command: { noun: 'server', id: '' },
  views: SERVER_VIEWS,
  actions: ACTIONS,
} as const satisfies ActedOn;
