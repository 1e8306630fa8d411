/** The fields of a connected app: an authorization server at which this one is a client. */
import * as z from 'zod';
import { ConnectedAppDescription, ConnectedAppFields, ConnectedAppId } from '../../protocol/connected-app.ts';
import { TEMPLATE_NAMES } from '../../providers/index.ts';
import type { RecordField } from './field.ts';
import { AUTH_METHOD_CHOICES, USE_CHOICES } from './provider-choices.ts';

const { shape } = ConnectedAppFields;

/** In the order of the forms. Without credentials this server registers at the provider automatically where it can. */
export const CONNECTED_APP_FIELDS = {
  id: {
    schema: ConnectedAppId.describe('Its name in addresses; it never changes.'),
    label: 'ID',
    notInCommand: 'connected-apps create takes it as a parameter',
  },
  template: {
    schema: z.enum(TEMPLATE_NAMES).describe('The provider, whose endpoints and scopes are known.'),
    label: 'Template',
    notInConsole: 'it is chosen on the page before the form',
    notInCommand: 'connected-apps create takes it as a parameter',
  },
  name: { schema: shape.name, label: 'Name' },
  client_id: {
    schema: z.string().min(1).max(2000).optional().describe('The client ID of this server at the provider.'),
    label: 'Client ID',
  },
  client_secret: {
    schema: z.string().min(1).max(2000).optional().describe('The client secret. Never shown again.'),
    label: 'Client secret',
  },
  issuer: { schema: shape.issuer, label: 'Issuer', advanced: true },
  resource: { schema: shape.resource, label: 'Resource', advanced: true },
  scopes: { schema: shape.scopes, label: 'Scopes', option: 'scope' },
  roles: { schema: shape.roles, label: 'Required roles', option: 'role', known: 'rolesInUse' },
  raw_tokens: {
    schema: shape.raw_tokens,
    label: 'Access to tokens',
    choices: {
      nobody: 'none: tokens stay here',
      users: 'applications of the user',
      workers: 'Workers bound to this one',
      both: 'both',
    },
  },
  api: { schema: shape.api, label: 'API addresses', advanced: true },
  endpoints: { schema: shape.endpoints, label: 'Endpoints', advanced: true },
  auth_method: {
    schema: shape.auth_method,
    label: 'Client authentication',
    choices: AUTH_METHOD_CHOICES,
    advanced: true,
  },
  query: { schema: shape.query, label: 'Authorization parameters', advanced: true },
  pkce: { schema: shape.pkce, label: 'PKCE', choices: USE_CHOICES, advanced: true },
  dpop: { schema: shape.dpop, label: 'DPoP', choices: USE_CHOICES, advanced: true },
  return_to: { schema: shape.return_to, label: 'Return origins', advanced: true },
  disabled: {
    schema: z.boolean().optional(),
    label: 'Disabled',
    notInConsole: 'the actions Disable and Enable ask before they set it',
    notInCommand: 'connected-apps disable and connected-apps enable set it',
  },
} as const satisfies Record<string, RecordField>;

const { id, template, client_id, client_secret, disabled } = CONNECTED_APP_FIELDS;

const credentials = { client_id: client_id.schema, client_secret: client_secret.schema };

export const NewConnectedAppRequest = z.strictObject({
  id: id.schema,
  template: template.schema,
  ...credentials,
  ...ConnectedAppDescription.shape,
  name: shape.name,
});

export const ConnectedAppChangesRequest = z
  .strictObject({ disabled: disabled.schema, ...credentials, ...shape })
  .refine((changes) => Object.keys(changes).length > 0, { error: 'name at least one thing to change' });
