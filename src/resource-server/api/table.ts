/** Every route of a person's own API, with what it takes and what it gives. */
import { ApiKey, ApiKeyList, NewApiKey, NewApiKeyRequest, RotateApiKeyRequest } from '../../protocol/api-key.ts';
import { API_KEYS_SCOPE, GRANTS_SCOPE } from '../../protocol/scope.ts';
import { type ApiTable, route } from '../../web/api.ts';
import { deleteMyGrant, listMyGrants, MyGrant, MyGrantList } from './grants.ts';
import { createMyKey, deleteMyKey, listMyKeys, rotateMyKey } from './keys.ts';
import { Me, me } from './me.ts';

const forGrants = [GRANTS_SCOPE];
const forKeys = [API_KEYS_SCOPE];

export const ME_API: ApiTable = {
  base: '/api/me',
  title: 'A person’s own account',
  about: 'For the person that the access token or the API key speaks for.',
  scopes: ['profile'],
  takes: { NewApiKeyRequest, RotateApiKeyRequest },
  gives: { ApiKey, ApiKeyList, Me, MyGrant, MyGrantList, NewApiKey },
  routes: {
    me: { method: 'GET', path: '', summary: 'Whom this credential speaks for', answer: Me, handle: me },
    listMyGrants: {
      ...{ method: 'GET', path: '/grants', summary: 'What you let applications do, latest first', scopes: forGrants },
      ...{ answer: MyGrantList, handle: listMyGrants },
    },
    deleteMyGrant: {
      ...{ method: 'DELETE', path: '/grants/{id}', summary: 'Ends one of them at once', scopes: forGrants },
      handle: deleteMyGrant,
    },
    listMyKeys: {
      ...{ method: 'GET', path: '/api-keys', summary: 'Your API keys, oldest first', scopes: forKeys },
      ...{ answer: ApiKeyList, handle: listMyKeys },
    },
    createMyKey: route({
      ...{ method: 'POST', path: '/api-keys', summary: 'Makes a key; its secret is shown this once', scopes: forKeys },
      ...{ status: 201, body: NewApiKeyRequest, answer: NewApiKey, handle: createMyKey },
    }),
    rotateMyKey: route({
      ...{ method: 'POST', path: '/api-keys/{id}/secret', summary: 'Another secret; the old one is over at once' },
      ...{ scopes: forKeys, body: RotateApiKeyRequest, bodyIsOptional: true, answer: NewApiKey, handle: rotateMyKey },
    }),
    deleteMyKey: {
      ...{ method: 'DELETE', path: '/api-keys/{id}', summary: 'Revokes a key at once', scopes: forKeys },
      handle: deleteMyKey,
    },
  },
};
