/** The group of settings about the log. */
import { defineSettings } from './definition.ts';
import { count } from './schemas.ts';

export const LOG_SETTINGS = defineSettings('logs', {
  log_successes_percent: {
    schema: count(100, 0, 100),
    label: 'Logged successful requests (percent)',
    help: 'The share of successful requests that have a line in the log. Every error is logged, whatever this says.',
  },
});
