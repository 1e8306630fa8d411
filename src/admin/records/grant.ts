/** The record of a grant: one authorization of a client by a user, its refresh token and access tokens. */
import * as z from 'zod';
import { byGrant } from './list.ts';
import { defineRecord, Status, Time } from './record.ts';
import { pickAll } from './request.ts';

const FIELDS = {
  id: { schema: z.string(), label: 'ID', display: 'code' },
  client_id: { schema: z.string(), label: 'Client', display: 'client' },
  user: { schema: z.string().describe('The ID of the user.'), label: 'User', display: 'user' },
  scope: { schema: z.string().describe('Scopes, separated by spaces.'), label: 'Scopes' },
  resources: { schema: z.array(z.string()), label: 'Resources', display: 'resource' },
  since: { schema: Time('When the user authorized the client.'), label: 'Since', display: 'time', sort: 'since' },
  last_used: { schema: Time('When it was refreshed last.'), label: 'Last used', display: 'time' },
  token_first_used: {
    schema: Time(
      'When an access token of it was used first, as far as a resource server asked this server. Null: never.',
    ).nullable(),
    label: 'Token first used',
    display: 'time',
  },
  token_last_used: {
    schema: Time('The same of the last use, to the day.').nullable(),
    label: 'Token last used',
    display: 'day',
  },
  expires_at: { schema: Time('When it expires.'), label: 'Expires', display: 'time' },
  status: {
    schema: Status,
    label: 'Status',
    display: 'state',
    choices: { unused: 'unused for too long', 'cut off': 'ended with all of its client or user' },
  },
} as const;

export const GRANT = defineRecord({
  type: 'Grant',
  one: 'grant',
  many: 'grants',
  about:
    'The authorizations of clients by users. Each is one refresh token, and every access token that was issued with it.',
  fields: FIELDS,
  id: 'id',
  named: 'id',
  answer: pickAll(FIELDS),
  api: { path: '/grants', rows: 'grants' },
  console: { path: '/console/grants', section: 'grants', listed: true },
  command: { noun: 'grants', id: 'grant id' },
  list: {
    summary: 'The grants, the latest first, those that have ended among them',
    columns: ['client_id', 'user', 'scope', 'since', 'id', 'status'],
    filters: { client: 'Only those of this client.', user: 'Only those of the user with this ID.' },
    combinable: true,
    ...byGrant('id'),
    descending: true,
    sharded: true,
  },
  actions: {
    revoke: {
      summary: 'Revokes a grant, its refresh token and its access tokens',
      label: 'Revoke…',
      heading: 'Revoke this grant?',
      effect:
        'Its refresh token and its access tokens are revoked; other grants of the same user and client stay valid. The client must ask the user again.',
      submit: 'Revoke',
      done: 'revoked',
      leadsTo: 'list',
      unread: true,
      when: ({ status }) => status === 'active',
    },
  },
});
