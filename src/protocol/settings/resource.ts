/** The group of settings about this server as a protected resource (RFC 9728), and about its metadata (RFC 8414). */
import * as z from 'zod/mini';
import { scopeLineProblem } from '../configured-scopes.ts';
import { defineSettings } from './definition.ts';
import { list, optionalWebAddress, plainText, toggle, withSchema } from './schemas.ts';

export const RESOURCE_SETTINGS = defineSettings('resource', {
  show_auth_server_metadata: {
    value: toggle(true),
    label: 'Authorization server metadata',
    help: 'Serve /.well-known/oauth-authorization-server and /.well-known/openid-configuration (RFC 8414). Clients that discover endpoints need them.',
  },
  show_protected_resource_metadata: {
    value: toggle(true),
    label: 'Protected resource metadata',
    help: 'Serve /.well-known/oauth-protected-resource and name it in challenges (RFC 9728).',
  },
  scopes_supported: {
    value: list(scopeLineProblem),
    label: 'Further scopes',
    help: 'Further scopes of this resource, one per line: the name, a space, and the text of the consent page.',
  },
  resource_name: {
    value: withSchema('Postern', () => plainText().check(z.maxLength(500))),
    label: 'Resource name',
    help: 'The name of this server as a protected resource (RFC 9728).',
  },
  resource_documentation: {
    value: optionalWebAddress(),
    label: 'Developer documentation',
    help: 'A page for developers about this resource.',
  },
  resource_policy_uri: {
    value: optionalWebAddress(),
    label: 'Data usage policy',
    help: 'A page that says how clients may use the data.',
  },
  resource_tos_uri: {
    value: optionalWebAddress(),
    label: 'Terms of service',
    help: 'A page with the terms of service.',
  },
});
