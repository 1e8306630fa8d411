/** The record of an API key: a credential with which a script acts as one user, within its scopes. */
import * as z from 'zod';
import { ApiKeySchema, NewApiKeyRequest, NewApiKeySchema } from '../../protocol/api-key.ts';
import { BY_USER } from './list.ts';
import { defineRecord } from './record.ts';
import { pick } from './request.ts';

const { shape } = ApiKeySchema;

const FIELDS = {
  id: { schema: shape.id, label: 'ID', display: 'code' },
  user: { schema: z.string().max(100).describe('The ID of the user as whom it acts.'), label: 'User', display: 'user' },
  name: { schema: NewApiKeyRequest.shape.name, label: 'Name' },
  scope: { schema: NewApiKeyRequest.shape.scope, label: 'Scopes', known: 'keyScopes' },
  days: { schema: NewApiKeyRequest.shape.days, label: 'Days' },
  created_at: { schema: shape.created_at, label: 'Created', display: 'day', sort: 'created' },
  expires_at: { schema: shape.expires_at, label: 'Expires', display: 'day' },
  last_used_at: { schema: shape.last_used_at, label: 'Last used', display: 'day', unset: 'never' },
  secret: { schema: NewApiKeySchema.shape.secret, label: 'Secret' },
  authorization: { schema: NewApiKeySchema.shape.authorization, label: 'Authorization header' },
} as const;

export const API_KEY = defineRecord({
  type: 'ApiKey',
  one: 'API key',
  many: 'API keys',
  about:
    'With an API key a script acts as one user, within its scopes. The list has all that are valid; users create their own in their account.',
  fields: FIELDS,
  id: 'id',
  named: 'name',
  answer: ApiKeySchema,
  create: pick(FIELDS, 'user', 'name', 'scope', 'days'),
  createName: 'NewApiKeyForRequest',
  created: NewApiKeySchema,
  once: pick(FIELDS, 'secret', 'authorization'),
  fresh: { create: true },
  suggested: { days: 90 },
  texts: {
    creating: 'For a script that acts as a user. Its scopes are at most those that the user could grant it.',
    created: 'The API key {name}',
    once: 'The key is shown this once. Give it to the user, or store it where the script reads it.',
    onceLabel: 'Authorization header',
    createSummary: 'Creates an API key of a user, which is shown this once',
  },
  api: { path: '/api-keys', rows: 'api_keys' },
  console: { path: '/console/api-keys', section: 'apiKeys', listed: true },
  command: { noun: 'api-keys', id: 'key id', positions: ['user'] },
  list: {
    summary: 'The API keys that are valid',
    columns: ['name', 'user', 'scope', 'created_at', 'expires_at', 'last_used_at'],
    filters: { user: 'Only those of the user with this ID.' },
    ...BY_USER,
    everyPage: true,
    schema: 'ApiKeyPage',
  },
  actions: {
    revoke: {
      summary: 'Revokes an API key at once',
      page: '/end',
      label: 'Revoke…',
      heading: 'Revoke the API key {name}?',
      effect: 'It is refused from now on, at once and everywhere. Other keys of the user stay valid.',
      submit: 'Revoke',
      done: 'revoked',
      leadsTo: 'list',
    },
  },
});
