/** The group of settings about the log and backups. */

import * as z from 'zod/mini';
import { defineSettings } from './definition.ts';
import { count, plainText, withSchema } from './schemas.ts';

export const LOG_SETTINGS = defineSettings('logs', {
  log_successes_percent: {
    value: count(100, 0, 100),
    label: 'Logged successful requests (percent)',
    help: 'The share of successful requests that have a line in the log. Every error is logged, whatever this says.',
  },
  backup_note: {
    value: withSchema('', () => plainText().check(z.maxLength(500))),
    label: 'Backups',
    help: 'Where backups of every database are kept, and who restores them: a note for administrators, which the overview asks for. This server makes no backups and cannot check it; D1 Time Travel restores any minute of the last 30 days (7 on the free plan).',
  },
});
