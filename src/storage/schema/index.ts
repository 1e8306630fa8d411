/**
 * The tables. Every database has all of them: `DB` uses those that are global, a shard those of sign-ins. Times are
 * milliseconds.
 */
export * from './connected.ts';
export * from './everywhere.ts';
export * from './global.ts';
export * from './sign-ins.ts';
export * from './social.ts';
