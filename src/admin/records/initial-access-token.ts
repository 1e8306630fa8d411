/** The record of an initial access token (RFC 7591 §3): its holder may register clients that are managed. */
import * as z from 'zod';
import { PlainText } from '../../protocol/plain-text.ts';
import { defineRecord, Time } from './record.ts';
import { changesOf, pick } from './request.ts';

const FIELDS = {
  id: { schema: z.string(), label: 'ID', display: 'code' },
  name: {
    schema: PlainText.trim().min(1).max(200).describe('What it is for.'),
    label: 'Name',
    sort: 'name',
  },
  uses: {
    schema: z.number().int().min(1).max(10_000).default(1).describe('How many clients it may register.'),
    label: 'Clients',
    reads: 'uses_left',
  },
  days: {
    schema: z.number().int().min(1).max(365).default(7).describe('For how many days it is valid.'),
    label: 'Days',
  },
  uses_left: { schema: z.number().describe('How many clients it may still register.'), label: 'Clients left' },
  expires_at: { schema: Time('When it expires.'), label: 'Expires', display: 'time', sort: 'until' },
  initial_access_token: { schema: z.string().describe('Shown this once.'), label: 'Initial access token' },
} as const;

const create = pick(FIELDS, 'name', 'uses', 'days');

export const INITIAL_ACCESS_TOKEN = defineRecord({
  type: 'InitialAccessToken',
  one: 'initial access token',
  many: 'initial access tokens',
  about:
    'The holder of an initial access token may register clients here, each with a registration access token to manage itself by.',
  fields: FIELDS,
  id: 'id',
  named: 'name',
  answer: pick(FIELDS, 'id', 'name', 'uses_left', 'expires_at'),
  create,
  once: pick(FIELDS, 'initial_access_token'),
  change: changesOf(
    create.extend({
      uses: z.number().int().min(0).max(10_000).describe('How many clients it may register from now on.'),
      days: z.number().int().min(1).max(365).describe('For how many days it is valid from now on.'),
    }),
  ),
  fresh: { create: true },
  suggested: { uses: 1, days: 7 },
  texts: {
    changing: 'The token itself stays the same. Leave the days empty to keep its expiry.',
    created: 'The initial access token {name}',
    once: 'The token is shown this once. Give it to the developer who registers the clients.',
    createSummary: 'Creates an initial access token, which is shown this once',
    changeSummary: 'Changes the name, the uses that are left or the expiry',
  },
  api: { path: '/initial-access-tokens', rows: 'tokens' },
  console: { path: '/console/initial-tokens', section: 'initialTokens', listed: true },
  command: { noun: 'initial-tokens', id: 'id', positions: ['name'] },
  list: {
    summary: 'The initial access tokens, for Dynamic Client Registration',
    columns: ['name', 'uses_left', 'expires_at'],
    anywhere: ['name', 'id'],
  },
  actions: {
    delete: {
      summary: 'Deletes an initial access token: it registers no client any more',
      label: 'Delete…',
      heading: 'Delete the initial access token {name}?',
      effect: 'It registers no client any more. Clients that were registered with it stay.',
      submit: 'Delete',
      done: 'deleted',
      leadsTo: 'list',
    },
  },
});
