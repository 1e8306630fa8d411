/**
 * The tables. Every database has all of them: `DB` uses the global ones, a shard those of sessions, grants and
 * outstanding requests. Rows of a shard refer to users and clients by id, without a foreign key. Times are milliseconds.
 */

export * from './all-databases.ts';
export * from './authentication.ts';
export * from './clients.ts';
export * from './connected-apps.ts';
export * from './console-lists.ts';
export * from './grants.ts';
export * from './outstanding-requests.ts';
export * from './remembered-browsers.ts';
export * from './server.ts';
export * from './sessions.ts';
export * from './social-logins.ts';
export * from './users.ts';
