/** Every record with its definition and its operations, in the order of the admin API. A new record is one line here. */
import { API_KEYS } from './api-keys.ts';
import { CLIENTS } from './client-record.ts';
import { DEVICES, OUTSTANDING_CODES } from './codes-and-devices.ts';
import { INITIAL_ACCESS_TOKENS } from './initial-access-tokens.ts';
import { TRUSTED_ISSUERS } from './issuers.ts';
import { CONNECTION_RECORDS, LINKED_IDENTITIES } from './linked-accounts.ts';
import { CONNECTED_APPS, SOCIAL_LOGINS } from './provider-records.ts';
import type { BoundRecord } from './record.ts';
import { RESOURCES } from './resources.ts';
import { SESSIONS } from './sessions.ts';
import { SETTINGS_RECORD } from './settings.ts';
import { SHARDS } from './shard-record.ts';
import { ACCESS_TOKENS, GRANTS } from './tokens-and-grants.ts';
import { USERS } from './user-record.ts';

export const BOUND: readonly BoundRecord[] = [
  SETTINGS_RECORD,
  CLIENTS,
  USERS,
  SESSIONS,
  RESOURCES,
  TRUSTED_ISSUERS,
  INITIAL_ACCESS_TOKENS,
  API_KEYS,
  ACCESS_TOKENS,
  GRANTS,
  OUTSTANDING_CODES,
  DEVICES,
  CONNECTED_APPS,
  CONNECTION_RECORDS,
  SOCIAL_LOGINS,
  LINKED_IDENTITIES,
  SHARDS,
];
