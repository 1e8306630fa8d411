/**
 * The tables. Every database has all of them: `DB` uses the global ones, a shard those of sign-ins. Times are
 * milliseconds.
 */

export * from './all-databases.ts';
export * from './connected-apps.ts';
export * from './global.ts';
export * from './sign-ins.ts';
export * from './social-logins.ts';
