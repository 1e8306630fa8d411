/** The record of a linked identity: the account of a user at an identity provider, which signs the user in here. */
import * as z from 'zod';
import { BY_USER } from './list.ts';
import { defineRecord, Time } from './record.ts';
import { pickAll } from './request.ts';
import { USER } from './user-record.ts';

const FIELDS = {
  id: { schema: z.string(), label: 'ID', display: 'code' },
  login: { schema: z.string().describe('The ID of the social login.'), label: 'Social login' },
  issuer: { schema: z.string(), label: 'Issuer', display: 'code' },
  subject: { schema: z.string().describe('The subject (sub) at the provider.'), label: 'Subject' },
  user: { schema: z.string().describe('The ID of the user here.'), label: 'User', display: 'user' },
  account: {
    schema: z.string().nullable().describe('The name or e-mail address of the account there.'),
    label: 'Account at the provider',
  },
  created_at: { schema: Time('When it was linked.'), label: 'Since', display: 'day', sort: 'created' },
  last_used_at: { schema: Time('When it signed the user in last.'), label: 'Last used', display: 'day' },
} as const;

export const LINKED_IDENTITY = defineRecord({
  type: 'LinkedIdentity',
  one: 'linked account',
  many: 'linked accounts',
  about: 'The accounts at identity providers that are linked to users, and sign them in.',
  fields: FIELDS,
  id: 'id',
  named: 'account',
  answer: pickAll(FIELDS),
  api: { path: '/identities', rows: 'identities', names: { list: 'listIdentities', one: 'getIdentity' } },
  console: { path: '/console/identities', section: 'socialLogins' },
  command: { noun: 'identities', id: 'identity id' },
  list: {
    summary: 'The accounts at identity providers that sign users in, oldest first or last',
    schema: 'LinkedIdentityPage',
    columns: ['user', 'login', 'account', 'created_at', 'last_used_at'],
    inCommand: ['login', 'user', 'account', 'subject'],
    filters: { login: 'Only those of this social login.', user: 'Only those of the user with this ID.' },
    ...BY_USER,
    latestFirst: true,
  },
  actions: {
    delete: {
      operationId: 'deleteIdentity',
      summary: 'Unlinks an account at an identity provider; it no longer signs in',
      says: 'Unlinked.',
      label: 'Unlink…',
      danger: true,
      heading: 'Unlink the account {name}?',
      effect: 'It no longer signs in here. If it was the only sign-in method of its user, give them a new link.',
      submit: 'Unlink',
      done: 'removed',
      leadsTo: ({ user }) => `${USER.console.path}/${user}`,
    },
  },
});
