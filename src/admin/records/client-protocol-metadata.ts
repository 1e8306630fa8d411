/** The fields of a client's metadata that say how it uses the protocol: signing, OpenID Connect, logout, PAR and DPoP. */

import { hasKeys, redirects } from './client-subject.ts';
import type { RecordField } from './field.ts';

export type MetadataField = Omit<RecordField, 'schema' | 'within'> & { help: string };

export const PROTOCOL_METADATA = {
  id_token_signed_response_alg: {
    label: 'ID token algorithm',
    help: 'The algorithm that signs id_tokens and logout tokens of this client. Not set: as the setting says, RS256 by default.',
    from: 'idTokenAlgorithms',
    when: redirects,
    advanced: true,
  },
  userinfo_signed_response_alg: {
    label: 'UserInfo algorithm',
    help: 'Not set: /userinfo answers with plain JSON. Otherwise with a JWT signed with this algorithm.',
    from: 'idTokenAlgorithms',
    when: redirects,
    advanced: true,
  },
  token_endpoint_auth_signing_alg: {
    label: 'Client assertion algorithm',
    help: 'The only algorithm accepted in client assertions of this client (private_key_jwt).',
    from: 'assertionAlgorithms',
    when: hasKeys,
    advanced: true,
  },
  default_max_age: {
    label: 'Default maximum authentication age (seconds)',
    help: 'max_age of authorization requests that name none: an older sign-in is asked to authenticate again.',
    when: redirects,
    advanced: true,
  },
  require_auth_time: {
    label: 'Require auth_time',
    help: 'Whether the client needs auth_time in the id_token. This server always sends it.',
    when: redirects,
    advanced: true,
  },
  default_acr_values: {
    label: 'Default ACR values',
    help: 'acr_values of authorization requests that name none, the preferred first.',
    option: 'default-acr-value',
    when: redirects,
    advanced: true,
  },
  backchannel_logout_uri: {
    label: 'Back-channel logout URI',
    help: 'Where this server sends a logout token when a session of the user ends (OpenID Connect Back-Channel Logout).',
    when: redirects,
    advanced: true,
  },
  backchannel_logout_session_required: {
    label: 'Back-channel logout needs sid',
    help: 'Whether logout tokens must name the session. This server always names it.',
    when: redirects,
    advanced: true,
  },
  require_pushed_authorization_requests: {
    label: 'Require pushed authorization requests',
    help: 'Accept authorization requests of this client only by PAR (RFC 9126).',
    option: 'require-par',
    when: redirects,
    advanced: true,
  },
  dpop_bound_access_tokens: {
    label: 'Require DPoP',
    help: 'Issue only sender-constrained tokens to this client (RFC 9449).',
    option: 'require-dpop',
    advanced: true,
  },
  initiate_login_uri: {
    label: 'Initiate login URI',
    help: 'The address at which a third party can start a sign-in of this client (OpenID Connect Core §4). Kept and returned; this server never uses it.',
    when: redirects,
    advanced: true,
  },
  software_id: {
    label: 'Software ID',
    help: 'The identifier of the software, the same for every installation.',
    advanced: true,
  },
  software_version: { label: 'Software version', help: 'The version of the software.', advanced: true },
  token_endpoint_auth_methods_supported: {
    label: 'Supported authentication methods',
    help: 'Alternatives to the authentication method, of which this server chooses (RP Metadata Choices).',
    option: 'supported-auth-method',
    notInConsole: 'the field "Client authentication" names the one that is used',
  },
  response_types: {
    label: 'Response types',
    help: 'Only code is supported.',
    option: 'response-type',
    notInConsole: 'it follows from the grant types',
  },
  subject_type: {
    label: 'Subject type',
    help: 'Only public is supported: every client knows a user by the same sub.',
    notInConsole: 'there is only one',
  },
} as const satisfies Record<string, MetadataField>;
