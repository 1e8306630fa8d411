/** The record of a connection: the tokens of a user, or of this server itself, at a connected app. */
import * as z from 'zod';
import { CONNECTED_APP } from './connected-app-record.ts';
import { BY_USER } from './list.ts';
import { defineRecord, Time } from './record.ts';
import { pickAll } from './request.ts';

/** In place of a user: the connection is that of the app itself. */
export const APP_CONNECTION = 'itself';

const FIELDS = {
  id: { schema: z.string(), label: 'ID', display: 'code' },
  app: { schema: z.string().describe('The ID of the connected app.'), label: 'Connected app' },
  user: {
    schema: z.string().describe(`The ID of the user, or "${APP_CONNECTION}" for the app's own.`),
    label: 'User',
    display: 'user',
    choices: { [APP_CONNECTION]: 'the app itself' },
  },
  issuer: { schema: z.string(), label: 'Issuer', display: 'code' },
  account: { schema: z.string().nullable().describe('The name of the account there.'), label: 'As' },
  scope: { schema: z.string().describe('Scopes, joined by spaces.'), label: 'Scopes' },
  state: {
    schema: z.enum(['connected', 'reconnect']),
    label: 'State',
    choices: { reconnect: 'reconnect needed' },
  },
  reason: {
    schema: z.string().nullable().describe('Why it must be connected again, or the last failure.'),
    label: 'Reason',
  },
  expires_at: {
    schema: Time('When the access token expires, where the provider says.').nullable(),
    label: 'Token expires',
    display: 'time',
  },
  failed_at: { schema: Time('When a refresh failed last.').nullable(), label: 'Last failure', display: 'time' },
  created_at: { schema: Time('When it was connected.'), label: 'Since', display: 'day', sort: 'created' },
  refreshed_at: { schema: Time('When its tokens were issued.'), label: 'Refreshed', display: 'time' },
} as const;

export const CONNECTION = defineRecord({
  type: 'Connection',
  one: 'connection',
  many: 'connections',
  about: 'The accounts of users at connected apps, and those of this server itself, with their tokens.',
  fields: FIELDS,
  id: 'id',
  key: ['app', 'user'],
  named: 'user',
  answer: pickAll(FIELDS),
  texts: { getSummary: `One connection, or that of the app (${APP_CONNECTION})` },
  api: { path: '/connections', rows: 'connections' },
  console: { path: '/console/connections', section: 'connectedApps' },
  command: { noun: 'connections', id: 'app / e-mail' },
  list: {
    summary: 'The connections of users to connected apps, oldest first or last',
    schema: 'ConnectionPage',
    columns: ['user', 'app', 'account', 'scope', 'state', 'reason', 'created_at'],
    inCommand: ['app', 'user', 'state', 'scope', 'reason'],
    filters: { app: 'Only those of this app.', user: 'Only those of the user with this ID.' },
    combinable: true,
    ...BY_USER,
    latestFirst: true,
    none: 'There are no connections.',
  },
  actions: {
    delete: {
      answer: {
        name: 'Disconnected',
        schema: z.strictObject({
          disconnected: z.literal(true),
          untold: z.string().optional().describe('Why the provider could not be notified.'),
        }),
      },
      summary: 'Revokes one connection, at the provider, too',
      says: ({ untold }) =>
        untold === undefined ? 'Revoked.' : `Revoked here; the provider was not notified: ${untold}.`,
      label: 'Revoke…',
      heading: 'Revoke this connection to {app}?',
      effect: 'Its tokens are revoked at the provider, and deleted here. The user can connect again.',
      submit: 'Revoke',
      done: ({ untold }) => (untold === undefined ? 'ended' : 'untold'),
      leadsTo: ({ app }) => `${CONNECTED_APP.console.path}/${encodeURIComponent(String(app))}`,
    },
  },
});
