/** The record of a device authorization request (RFC 8628). */
import * as z from 'zod';
import { defineRecord, Time } from './record.ts';
import { pickAll } from './request.ts';

const FIELDS = {
  id: { schema: z.string(), label: 'ID', display: 'code' },
  client_id: { schema: z.string(), label: 'Client', display: 'client' },
  scope: { schema: z.string().describe('Scopes, separated by spaces.'), label: 'Scopes' },
  status: {
    schema: z.enum(['pending', 'allowed', 'denied']),
    label: 'Status',
    choices: { pending: 'pending: no user has entered the code' },
  },
  user: { schema: z.string().nullable().describe('The ID of the user.'), label: 'User', display: 'user' },
  expires_at: { schema: Time('When its codes expire.'), label: 'Expires', display: 'time', sort: 'ends' },
} as const;

export const DEVICE = defineRecord({
  type: 'Device',
  one: 'device authorization',
  many: 'devices',
  about:
    'Device authorization requests: devices and commands without a browser for which a user has not entered the code yet, or that have not fetched their tokens.',
  fields: FIELDS,
  id: 'id',
  named: 'id',
  answer: pickAll(FIELDS),
  api: { path: '/devices', rows: 'devices' },
  console: { path: '/console/devices', section: 'devices', listed: true },
  command: { noun: 'devices', id: 'device id' },
  list: {
    summary: 'The device authorization requests that are outstanding',
    columns: ['client_id', 'scope', 'status', 'user', 'expires_at'],
    sharded: true,
  },
  actions: {
    delete: {
      summary: 'Deletes a device authorization request: its codes are invalid',
      page: '/end',
      label: 'Delete…',
      heading: 'Delete this device authorization request?',
      effect: 'Its code can no longer be approved: the device must start again.',
      submit: 'Delete',
      done: 'deleted',
      leadsTo: 'list',
    },
  },
});
