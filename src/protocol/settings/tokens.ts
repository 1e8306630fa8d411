/** The group of settings about tokens and grants: lifetimes, id_tokens, rotation, client secrets, DPoP (RFC 9449). */
import { SIGNING_ALGORITHMS } from '../../crypto/jwt.ts';
import { MAX_TOKEN_LIFETIME, MINUTE } from '../lifetimes.ts';
import { defineSettings } from './definition.ts';
import { choice, count, toggle } from './schemas.ts';

export const TOKEN_SETTINGS = defineSettings('tokens', {
  access_token_minutes: {
    value: count(60, 1, MAX_TOKEN_LIFETIME / MINUTE),
    label: 'Access token lifetime (minutes)',
    help: 'How long an access token is valid. APIs that validate it offline accept a revoked one until then. Up to 24 hours: for each resource, where it is validated online.',
  },
  claims_in_id_token: {
    value: toggle(true),
    label: 'User claims in ID tokens',
    help: 'Put the claims of the granted scopes profile, email and roles into id_tokens, too, for clients that do not call /userinfo. Each client can override it.',
  },
  id_token_algorithm: {
    value: choice(SIGNING_ALGORITHMS, 'RS256'),
    label: 'ID token algorithm',
    help: 'The algorithm that signs id_tokens and logout tokens of clients that registered none (id_token_signed_response_alg). A key of SIGN_WITH must have it. RS256 is the default of OpenID Connect Dynamic Client Registration §2. Access tokens are signed with the first key of SIGN_WITH.',
  },
  refresh_grace_seconds: {
    value: count(60, 0, 3600),
    label: 'Refresh token grace period (seconds)',
    help: 'How long a refresh token that was just rotated still returns the same successor, for clients that lost the answer.',
  },
  refresh_idle_days: {
    value: count(30, 1, 365),
    label: 'Refresh token idle timeout (days)',
    help: 'A grant that is not refreshed for this long expires.',
  },
  grant_days: {
    value: count(180, 1, 365),
    label: 'Grant lifetime (days)',
    help: 'A grant expires after this long, however often it is refreshed.',
  },
  record_user_tokens: {
    value: toggle(true),
    label: 'Record access tokens of users',
    help: 'Keep a record of the access tokens that clients get with a code or a refresh token. Without it they are neither listed nor counted, and a refresh writes one row, not seven. A client can revoke its own, an administrator their grant.',
  },
  record_client_tokens: {
    value: toggle(true),
    label: 'Record client credentials tokens',
    help: 'Keep a record of access tokens issued by client credentials with a secret. Without it such a token is not listed.',
  },
  secret_overlap_hours: {
    value: count(24, 0, 720),
    label: 'Client secret overlap (hours)',
    help: 'How long a rotated client secret stays valid beside the new one; 0 revokes every earlier secret at once.',
  },
  dpop_nonce_required: {
    value: toggle(true),
    label: 'Require DPoP nonces',
    help: 'Accept a DPoP proof only with a nonce that this server issued in the last ten minutes (RFC 9449 §8), so that no proof can be made long before its use. Clients get one with the first refusal.',
  },
  dpop_proofs_once: {
    value: toggle(false),
    label: 'Single-use DPoP proofs at APIs',
    help: 'Record each DPoP proof at /userinfo and the APIs too, so that it is accepted once; one write per request. At /token and /par it always is.',
  },
});
