/** The record of a shard: a database beside DB, with the sessions, grants and token records of users near a region. */
import * as z from 'zod';
import type { RecordValues } from './field.ts';
import { defineRecord, Time } from './record.ts';
import { pick } from './request.ts';

const ACTIONS_SET_IT = 'the actions Drain and Resume ask before they set it';

const FIELDS = {
  name: { schema: z.string().describe('Its binding is SHARD_ and this, in upper case.'), label: 'Database' },
  bound: {
    schema: z.boolean().describe('Whether this Worker has the binding: else what was issued there is answered 503.'),
    label: 'State',
  },
  since: { schema: Time('When it was first seen.'), label: 'Since', display: 'day' },
  draining_since: {
    schema: Time('Since when no session begins there.').nullable(),
    label: 'Draining since',
    display: 'time',
  },
  last_credential_ends: {
    schema: Time('When the last credential that was issued there ends.').nullable(),
    label: 'Last credential expires',
    display: 'time',
  },
  may_be_unbound: {
    schema: z.boolean().describe('Whether no credential of it is valid any more.'),
    label: 'May be unbound',
  },
  draining: {
    schema: z.boolean().describe('Whether no session begins there any more.'),
    label: 'Draining',
    notInConsole: ACTIONS_SET_IT,
    notInCommand: ACTIONS_SET_IT,
  },
} as const;

/** The state of a shard in a sentence of the command. */
function stateOf({
  bound,
  may_be_unbound: isEmpty,
  draining_since: since,
  last_credential_ends: last,
}: RecordValues): string {
  if (bound === false) return 'exists, but is not bound: what was issued there is answered 503';
  if (isEmpty === true) return 'no credential of it is valid: "shards remove", then its binding may go';
  if (since === null) return 'in use';
  return `draining since ${since}; the last credential ends ${last ?? 'within minutes'}`;
}

const says = (shard: RecordValues): string => `${shard.name}  ${stateOf(shard)}`;

export const SHARD = defineRecord({
  type: 'Shard',
  one: 'shard',
  many: 'shards',
  about:
    'Sessions, grants and token records of users near each region. Settings, clients and users are in DB, which is not listed.',
  fields: FIELDS,
  id: 'name',
  parameter: 'name',
  named: 'name',
  answer: pick(FIELDS, 'name', 'bound', 'since', 'draining_since', 'last_credential_ends', 'may_be_unbound'),
  change: pick(FIELDS, 'draining'),
  texts: { changeSummary: 'Drains a shard: no session begins there any more; or ends that' },
  api: { path: '/shards', rows: 'shards' },
  console: { path: '/console/shards', section: 'shards', listed: true },
  command: { noun: 'shards', id: 'name' },
  list: {
    summary: 'The shards beside DB, and until when credentials of each live',
    columns: ['name', 'bound', 'last_credential_ends'],
    sentence: stateOf,
    anywhere: ['name'],
    none: 'Everything is in DB.',
  },
  actions: {
    drain: {
      sets: { draining: true },
      summary: 'Drains a shard: no session begins there any more; users who are signed in stay signed in',
      says,
      label: 'Drain…',
      heading: 'Drain {name}?',
      effect:
        'No session begins there any more. Users who are signed in stay signed in, and their applications keep access.',
      submit: 'Drain',
      leadsTo: 'record',
      when: ({ bound, draining_since: since }) => bound === true && since === null,
    },
    resume: {
      sets: { draining: false },
      summary: 'Ends draining: sessions begin there again',
      says,
      label: 'Resume…',
      heading: 'Resume {name}?',
      effect: 'New sessions of users near it begin there again.',
      submit: 'Resume',
      leadsTo: 'record',
      when: ({ bound, draining_since: since }) => bound === true && since !== null,
    },
    remove: {
      flags: {
        lost: {
          help: 'true where it is not bound and its database is lost: what was issued there is given up.',
          on: ({ bound }) => bound === false,
        },
      },
      summary: 'Removes the record of a shard of which no credential is valid, before its binding goes',
      says: 'Removed.',
      label: 'Remove…',
      heading: 'Remove {name}?',
      effect: ({ bound }) =>
        bound === true
          ? 'It is removed once no credential of it is valid. Its binding may go afterwards, not before.'
          : 'It is not bound. Remove it only if its database is lost: every session, grant and token that was issued there becomes invalid, and binding it again does not bring them back.',
      submit: 'Remove',
      done: 'deleted',
      leadsTo: 'list',
      when: ({ bound, draining_since: since }) => bound === false || since !== null,
    },
  },
});
