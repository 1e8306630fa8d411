/** The routes of the user's own API, with their requests and responses. */
import { type ApiTable, route } from '../../http/api/routes.ts';
import {
  ApiKeyListSchema,
  ApiKeySchema,
  NewApiKeyRequest,
  NewApiKeySchema,
  RotateApiKeyRequest,
} from '../../protocol/api-key.ts';
import { API_KEYS_SCOPE, GRANTS_SCOPE, PROFILE_SCOPE } from '../../protocol/scope-names.ts';
import { deleteMyGrant, listMyGrants, MyGrantListSchema, MyGrantSchema } from './grants.ts';
import { createMyKey, deleteMyKey, listMyKeys, rotateMyKey } from './keys.ts';
import { MeSchema, sendMe } from './me.ts';

const forGrants = [GRANTS_SCOPE];
const forKeys = [API_KEYS_SCOPE];

export const ME_API: ApiTable = {
  base: '/api/me',
  title: 'A user’s own account',
  about: 'The API of the user of the access token or API key.',
  scopes: [PROFILE_SCOPE],
  requestSchemas: { NewApiKeyRequest, RotateApiKeyRequest },
  responseSchemas: {
    ApiKey: ApiKeySchema,
    ApiKeyList: ApiKeyListSchema,
    Me: MeSchema,
    MyGrant: MyGrantSchema,
    MyGrantList: MyGrantListSchema,
    NewApiKey: NewApiKeySchema,
  },
  routes: {
    me: { method: 'GET', path: '', summary: 'Returns the user of the credential', response: MeSchema, handle: sendMe },
    listMyGrants: {
      method: 'GET',
      path: '/grants',
      summary: 'Lists your grants, newest first',
      scopes: forGrants,
      response: MyGrantListSchema,
      handle: listMyGrants,
      query: { after: 'The cursor of the page: "next" of the page before.' },
    },
    deleteMyGrant: {
      method: 'DELETE',
      path: '/grants/{id}',
      summary: 'Revokes a grant at once',
      scopes: forGrants,
      handle: deleteMyGrant,
    },
    listMyKeys: {
      method: 'GET',
      path: '/api-keys',
      summary: 'Lists your API keys, oldest first',
      scopes: forKeys,
      response: ApiKeyListSchema,
      handle: listMyKeys,
    },
    createMyKey: route({
      method: 'POST',
      path: '/api-keys',
      summary: 'Creates an API key; its secret is shown only in this response',
      scopes: forKeys,
      status: 201,
      body: NewApiKeyRequest,
      response: NewApiKeySchema,
      handle: createMyKey,
    }),
    rotateMyKey: route({
      method: 'POST',
      path: '/api-keys/{id}/secret',
      summary: 'Rotates the secret of an API key; the old one is revoked at once',
      scopes: forKeys,
      body: RotateApiKeyRequest,
      bodyIsOptional: true,
      response: NewApiKeySchema,
      handle: rotateMyKey,
    }),
    deleteMyKey: {
      method: 'DELETE',
      path: '/api-keys/{id}',
      summary: 'Revokes an API key at once',
      scopes: forKeys,
      handle: deleteMyKey,
    },
  },
};
