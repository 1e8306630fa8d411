/** The record of an access token that was issued; the token itself is not stored. */
import * as z from 'zod';
import { byGrant } from './list.ts';
import { defineRecord, Time } from './record.ts';
import { pickAll } from './request.ts';

const FIELDS = {
  id: { schema: z.string(), label: 'ID', display: 'code' },
  grant: { schema: z.string().nullable().describe('Its grant; none where a client acts as itself.'), label: 'Grant' },
  client_id: { schema: z.string(), label: 'Client', display: 'client' },
  user: {
    schema: z.string().nullable().describe('The ID of the user.'),
    label: 'User',
    display: 'user',
    unset: 'the client itself',
  },
  scope: { schema: z.string().describe('Scopes, separated by spaces.'), label: 'Scopes' },
  resource: { schema: z.string(), label: 'Resource', display: 'resource' },
  issued_at: { schema: Time('When it was issued.'), label: 'Issued', display: 'time' },
  expires_at: { schema: Time('When it expires.'), label: 'Expires', display: 'time', sort: 'ends' },
  status: {
    schema: z
      .enum(['active', 'expired', 'revoked'])
      .describe('"revoked" also where it ended with its grant, client, user or session.'),
    label: 'Status',
    display: 'state',
  },
} as const;

export const ACCESS_TOKEN = defineRecord({
  type: 'Token',
  one: 'access token',
  many: 'access tokens',
  about:
    'The access tokens that have not expired, by their expiry. Only a record of each is stored, not the token itself.',
  fields: FIELDS,
  id: 'id',
  named: 'id',
  answer: pickAll(FIELDS),
  texts: { getSummary: 'One access token, as long as its record is stored' },
  api: { path: '/tokens', rows: 'tokens' },
  console: { path: '/console/tokens', section: 'tokens', listed: true },
  command: { noun: 'tokens', id: 'token id' },
  list: {
    summary: 'The access tokens that have not expired, by their expiry',
    columns: ['client_id', 'user', 'scope', 'resource', 'grant', 'expires_at', 'status'],
    filters: {
      client: 'Only those of this client. At most one of client, user and grant.',
      user: 'Only those of the user with this ID.',
      grant: 'Only those of this grant.',
    },
    ...byGrant('grant'),
    descending: true,
    sharded: true,
  },
  actions: {
    revoke: {
      summary: 'Revokes an access token',
      label: 'Revoke…',
      heading: 'Revoke this access token?',
      effect:
        'This server refuses it from now on. A resource server that validates only its signature accepts it until it expires. Its grant stays: the client can get another token.',
      submit: 'Revoke',
      done: 'revoked',
      leadsTo: 'list',
      unread: true,
      when: ({ status }) => status === 'active',
    },
  },
});
