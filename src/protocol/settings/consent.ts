/** The group of settings about consent and authorization codes. */
import { defineSettings } from './definition.ts';
import { count, toggle } from './schemas.ts';

export const CONSENT_SETTINGS = defineSettings('consent', {
  skip_authorization: {
    value: toggle(false),
    label: 'Remember consent',
    help: 'Skip the consent page while the user has an active grant of this client that covers the request, at https redirect URIs. Of a client that no administrator created or trusts, it is shown again when the name, the links, the keys or the redirect URI change.',
  },
  code_seconds: {
    value: count(60, 10, 600),
    label: 'Authorization code lifetime (seconds)',
    help: 'How long an authorization code can be redeemed.',
  },
  code_replay_seconds: {
    value: count(10, 0, 60),
    label: 'Authorization code replay tolerance (seconds)',
    help: 'A code presented again within this time is only refused (a lost answer); later its grant is revoked.',
  },
});
