/** The records with a whole definition, in the order of docs/reference. */
import { API_KEY } from './api-key.ts';
import { CLIENT } from './client-record.ts';
import { CONNECTED_APP } from './connected-app-record.ts';
import { CONNECTION } from './connection.ts';
import { DEVICE } from './device.ts';
import { GRANT } from './grant.ts';
import { INITIAL_ACCESS_TOKEN } from './initial-access-token.ts';
import { LINKED_IDENTITY } from './linked-identity.ts';
import { OUTSTANDING_CODE } from './outstanding-code.ts';
import type { RecordDefinition } from './record.ts';
import { RESOURCE } from './resource.ts';
import { SESSION } from './session.ts';
import { SETTING } from './setting.ts';
import { SHARD } from './shard.ts';
import { SOCIAL_LOGIN } from './social-login-record.ts';
import { ACCESS_TOKEN } from './token.ts';
import { TRUSTED_ISSUER } from './trusted-issuer.ts';
import { USER } from './user-record.ts';

export const RECORDS: readonly RecordDefinition[] = [
  CLIENT,
  USER,
  INITIAL_ACCESS_TOKEN,
  RESOURCE,
  TRUSTED_ISSUER,
  API_KEY,
  SESSION,
  GRANT,
  ACCESS_TOKEN,
  OUTSTANDING_CODE,
  DEVICE,
  CONNECTED_APP,
  CONNECTION,
  SOCIAL_LOGIN,
  LINKED_IDENTITY,
  SHARD,
  SETTING,
];
