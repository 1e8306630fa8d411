/** The group of settings about sign-in and accounts: sign-up, passwords, sessions, throttles, mail, deletion, audit log. */
import * as z from 'zod/mini';
import { factorRoleProblem } from '../second-factor.ts';
import { defineSettings } from './definition.ts';
import { choice, count, list, toggle, withSchema } from './schemas.ts';

export const USER_SETTINGS = defineSettings('users', {
  sign_up: {
    value: choice(['deny', 'allow'], 'deny'),
    label: 'Sign-up',
    help: 'Whether new users may create an account without an invitation.',
    choices: { deny: 'invited users only', allow: 'open to everyone' },
  },
  password_sign_in: {
    value: toggle(true),
    label: 'Password sign-in',
    help: 'Let users sign in with a password. It can be disabled only while a social login is complete and enabled, and an administrator can sign in without a password.',
  },
  imported_password_iterations: {
    value: count(0, 0, 100_000),
    label: 'Iterations of imported passwords (PBKDF2)',
    help: 'An import of users sets it. Every sign-in does as many, so that its time does not reveal who was imported; the first one replaces the imported hash. 0: imported hashes are refused.',
  },
  mail_code_sign_in: {
    value: toggle(false),
    label: 'Sign-in codes by mail',
    help: 'Let users sign in with a code that is mailed to their address: single-use, for ten minutes, in the browser that asked for it. Mail must be set up. A second factor is asked for after it, as after a password.',
  },
  second_factor_roles: {
    value: list(factorRoleProblem),
    label: 'Roles that need a second factor',
    help: 'Users with one of these roles sign in with a passkey, or with the code of an authenticator app after any other method; who has none sets it up at the next sign-in. One role per line; * stands for every user. Sessions without a second factor end, and what was approved in them is not refreshed.',
  },
  remember_browser_days: {
    value: count(0, 0, 90),
    label: 'Remembered browsers (days)',
    help: 'Days without another code of two-step sign-in, in a browser whose user chose so. 0: every sign-in asks. Reauthentication, max_age, prompt=login and an acr of more than one factor always ask. A lower value also ends earlier ones.',
  },
  session_idle_hours: {
    value: count(72, 1, 720),
    label: 'Session idle timeout (hours)',
    help: 'A session that is not used for this long expires.',
  },
  session_days: {
    value: count(30, 1, 365),
    label: 'Session lifetime (days)',
    help: 'A session expires after this long, however often it is used.',
  },
  sign_in_account_failures: {
    value: count(5, 1, 100),
    label: 'Failed sign-ins per account',
    help: 'Wrong passwords for one account before the next attempt has to wait.',
  },
  sign_in_address_failures: {
    value: count(20, 1, 10_000),
    label: 'Failed sign-ins per IP address',
    help: 'Wrong passwords from one IP address before the next attempt has to wait.',
  },
  sign_in_window_minutes: {
    value: count(15, 1, 1440),
    label: 'Window for failed sign-ins (minutes)',
    help: 'The period in which failures are counted together.',
  },
  mail_from: {
    value: withSchema('', () => z.union([z.literal(''), z.email('must be an e-mail address').check(z.maxLength(254))])),
    label: 'Sender address of mail',
    help: 'The address that mail of this server is sent from. Mail also needs the binding EMAIL in wrangler.toml.',
  },
  mail_failures: {
    value: count(3, 1, 100),
    label: 'Mails per address',
    help: 'Mails that may be requested for one e-mail address, and ten times as many from one network, before the next has to wait.',
  },
  deletion_grace_days: {
    value: count(30, 0, 365),
    label: 'Grace period of deletion (days)',
    help: 'How long the deletion of a user can be cancelled before their data is deleted for good.',
  },
  audit_days: {
    value: count(365, 1, 3650),
    label: 'Audit log retention (days)',
    help: 'How long events of the audit log are kept.',
  },
});
