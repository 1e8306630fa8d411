/** What people may type as an address and a new password. */
import * as z from 'zod';

export const Email = z.email('That is not an e-mail address.').max(254).toLowerCase();

/** Long enough to resist guessing, short enough not to be an attack on the hash (NIST SP 800-63B §3.1.1.2). */
export const NewPassword = z
  .string('Please choose a password.')
  .min(8, 'Please choose a password of at least 8 characters.')
  .max(256, 'Please choose a password of at most 256 characters.');

export const PersonName = z.string('Please enter your name.').trim().min(1, 'Please enter your name.').max(200);
