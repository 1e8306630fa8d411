/** The record of a protected resource (RFC 8707, RFC 9728): an API that accepts access tokens of this server. */
import * as z from 'zod';
import { ResourceDescription } from '../../protocol/resource-description.ts';
import { defineRecord } from './record.ts';

const { shape } = ResourceDescription;

const FIELDS = {
  resource: {
    schema: z
      .string()
      .trim()
      .min(1)
      .max(2000)
      .describe('The identifier, as it was registered: an address such as https://notes.example.com/api.'),
    label: 'Identifier',
    display: 'code',
    sort: 'id',
  },
  name: { schema: shape.name, label: 'Name', display: 'code', sort: 'name' },
  scopes: {
    schema: shape.scopes,
    label: 'Scopes',
    option: 'resource-scope',
    unset: 'none: a user cannot be asked for consent to anything there',
  },
  documentation: { schema: shape.documentation, label: 'Documentation' },
  policy_uri: { schema: shape.policy_uri, label: 'Policy' },
  tos_uri: { schema: shape.tos_uri, label: 'Terms of service' },
  token_minutes: {
    schema: shape.token_minutes,
    label: 'Access token lifetime (minutes)',
    option: 'minutes',
    unset: 'as the settings say',
  },
  validated_online: { schema: shape.validated_online, label: 'Validated online' },
  long_lifetime_confirmed: {
    schema: shape.long_lifetime_confirmed,
    label: 'Long lifetime without online validation',
    option: 'confirm-long-lifetime',
  },
  dpop_required: { schema: shape.dpop_required, label: 'Require DPoP', option: 'require-dpop' },
  client_id: {
    schema: shape.client_id,
    label: 'Client that may introspect its tokens',
    display: 'client',
    option: 'client',
  },
} as const;

export const RESOURCE = defineRecord({
  type: 'Resource',
  one: 'protected resource',
  many: 'protected resources',
  about:
    'APIs of yours, or of other organizations, that accept access tokens of this server. A client requests a token for one of them by its identifier, and the token is valid there and nowhere else. This server itself is not in the list.',
  fields: FIELDS,
  id: 'resource',
  named: 'name',
  answer: z.strictObject({ resource: FIELDS.resource.schema, ...shape }),
  put: ResourceDescription,
  texts: {
    creating: 'The identifier is the address that clients call the API by. It cannot be changed later.',
    getSummary: 'One protected resource, by its percent-encoded identifier',
    changeSummary: 'Registers a protected resource, or changes the members that are sent',
  },
  api: { path: '/resources', rows: 'resources' },
  console: { path: '/console/resources', section: 'resources', listed: true, page: true },
  command: { noun: 'resources', id: 'resource' },
  list: {
    summary: 'The protected resources beside this server itself',
    columns: ['name', 'resource', 'scopes'],
    anywhere: ['resource', 'name', 'scopes'],
  },
  actions: {
    delete: {
      summary: 'Deletes a protected resource: no token is issued for it any more',
      label: 'Delete…',
      danger: true,
      heading: 'Delete {name}?',
      effect:
        'No token is issued for it any more. Tokens that were issued stay valid until they expire. The API itself is not touched.',
      submit: 'Delete',
      done: 'deleted',
      leadsTo: 'list',
    },
  },
});
