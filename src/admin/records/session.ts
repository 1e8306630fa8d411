/** The record of a session: one browser in which a user is signed in. */
import * as z from 'zod';
import { BY_USER } from './list.ts';
import { defineRecord, Status, Time } from './record.ts';
import { pickAll } from './request.ts';

const FIELDS = {
  id: { schema: z.string(), label: 'ID', display: 'code' },
  user: { schema: z.string().describe('The ID of the user.'), label: 'User', display: 'user' },
  signed_in_at: {
    schema: Time('When the user authenticated.'),
    label: 'Signed in',
    display: 'time',
    sort: 'signed_in',
  },
  amr: {
    schema: z
      .array(z.string())
      .describe(
        'The authentication methods (RFC 8176); `remembered` where a remembered browser stood for the second factor.',
      ),
    label: 'Authentication methods',
  },
  user_agent: { schema: z.string().nullable(), label: 'Device' },
  last_seen_at: { schema: Time('When it was used last.'), label: 'Last seen', display: 'time' },
  expires_at: { schema: Time('When it expires.'), label: 'Expires', display: 'time' },
  status: {
    schema: Status,
    label: 'Status',
    choices: { unused: 'unused for too long', 'cut off': 'ended with all of its user' },
  },
} as const;

export const SESSION = defineRecord({
  type: 'Session',
  one: 'session',
  many: 'sessions',
  about:
    'The browsers in which users are signed in, the latest first. A session that has ended stays listed for a while.',
  fields: FIELDS,
  id: 'id',
  named: 'id',
  answer: pickAll(FIELDS),
  api: { path: '/sessions', rows: 'sessions' },
  console: { path: '/console/sessions', section: 'sessions', listed: true },
  command: { noun: 'sessions', id: 'session id' },
  list: {
    summary: 'The sessions of users, the latest first, those that have ended among them',
    columns: ['user', 'user_agent', 'signed_in_at', 'last_seen_at', 'status'],
    filters: { user: 'Only those of the user with this ID.' },
    ...BY_USER,
    descending: true,
    sharded: true,
  },
  actions: {
    end: {
      summary: 'Ends a session; its clients are notified (back-channel logout)',
      label: 'Sign out…',
      heading: 'Sign out this browser?',
      effect:
        'Its session ends at once, and the applications that were signed in to with it are notified. Applications with offline access keep it.',
      submit: 'Sign out',
      done: 'ended',
      leadsTo: 'list',
      unread: true,
      when: ({ status }) => status === 'active',
    },
  },
});
