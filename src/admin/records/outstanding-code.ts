/** The record of an authorization code that was not redeemed yet; of the code itself only a hash is stored. */
import * as z from 'zod';
import { defineRecord, Time } from './record.ts';
import { pickAll } from './request.ts';

const FIELDS = {
  hash: { schema: z.string().describe('SHA-256 of the code, which is stored nowhere.'), label: 'Hash' },
  client_id: { schema: z.string(), label: 'Client', display: 'client' },
  user: { schema: z.string().describe('The ID of the user.'), label: 'User', display: 'user' },
  scope: { schema: z.string().describe('Scopes, separated by spaces.'), label: 'Scopes' },
  issued_at: { schema: Time('When it was issued.'), label: 'Issued', display: 'time' },
  expires_at: { schema: Time('When it expires.'), label: 'Expires', display: 'time' },
} as const;

export const OUTSTANDING_CODE = defineRecord({
  type: 'Code',
  one: 'authorization code',
  many: 'authorization codes',
  about:
    'The user approved, and the application has not redeemed its code yet. A code is valid for a minute or so, and single-use; the code itself is stored nowhere. The list may be some seconds old.',
  fields: FIELDS,
  id: 'hash',
  parameter: 'hash',
  named: 'hash',
  answer: pickAll(FIELDS),
  api: { path: '/codes', rows: 'codes' },
  console: { path: '/console/codes', section: 'codes', listed: true },
  command: { noun: 'codes', id: 'hash' },
  list: {
    summary: 'The authorization codes that are outstanding',
    columns: ['client_id', 'user', 'scope', 'expires_at'],
  },
  actions: {
    revoke: {
      summary: 'Revokes an authorization code: it can no longer be redeemed',
      page: '/end',
      label: 'Revoke…',
      heading: 'Revoke this authorization code?',
      effect:
        'The application can no longer redeem it: it must ask the user again. If it was redeemed meanwhile, the grant that came of it is revoked.',
      submit: 'Revoke',
      done: 'revoked',
      leadsTo: 'list',
    },
  },
});
