/** The group of settings about device authorization (RFC 8628). */
import { defineSettings } from './definition.ts';
import { count } from './schemas.ts';

export const DEVICE_SETTINGS = defineSettings('devices', {
  device_code_minutes: {
    value: count(10, 1, 60),
    label: 'Device code lifetime (minutes)',
    help: 'How long a device code waits for the user to enter the user code (RFC 8628).',
  },
  device_poll_seconds: {
    value: count(5, 1, 60),
    label: 'Polling interval (seconds)',
    help: 'How often a device may poll the token endpoint.',
  },
  device_guess_failures: {
    value: count(10, 1, 1000),
    label: 'Wrong user codes',
    help: 'Wrong user codes of one user, and ten times as many from one IP address, before the next attempt has to wait.',
  },
});
