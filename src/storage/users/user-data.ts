/**
 * Every table whose rows belong to a user, with the columns that the user may read. Export and deletion use this one
 * list in every database. It contains no secret and no hash of one.
 */
import { eq, type SQL } from 'drizzle-orm';
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { UserId } from '../../protocol/credentials.ts';
import type { USER_EXPORT_LISTS } from '../../protocol/user-export-lists.ts';
import {
  apiKeys,
  connections,
  deviceCodes,
  disconnectedApps,
  grants,
  issuerSubjects,
  logoutDeliveries,
  passkeys,
  recoveryCodes,
  rememberedBrowsers,
  secondFactors,
  sessions,
  tokens,
  userIdentities,
} from '../schema/index.ts';

type UserTable = {
  /** The name of its list in the export. */
  name: (typeof USER_EXPORT_LISTS)[number];
  table: SQLiteTable;
  /** The column that names the user. */
  user: SQLiteColumn;
  /** The exported columns by their names in the export. Names that end in `_at` are times. */
  exported: Record<string, SQLiteColumn>;
};

export const USER_TABLES: readonly UserTable[] = [
  {
    name: 'passkeys',
    table: passkeys,
    user: passkeys.userId,
    exported: {
      id: passkeys.id,
      name: passkeys.name,
      synced: passkeys.synced,
      created_at: passkeys.createdAt,
      last_used_at: passkeys.lastUsedAt,
    },
  },
  {
    name: 'second_factors',
    table: secondFactors,
    user: secondFactors.userId,
    exported: {
      created_at: secondFactors.createdAt,
      last_used_at: secondFactors.lastUsedAt,
    },
  },
  {
    name: 'recovery_codes',
    table: recoveryCodes,
    user: recoveryCodes.userId,
    exported: {
      created_at: recoveryCodes.createdAt,
      used_at: recoveryCodes.usedAt,
    },
  },
  {
    name: 'remembered_browsers',
    table: rememberedBrowsers,
    user: rememberedBrowsers.userId,
    exported: {
      user_agent: rememberedBrowsers.userAgent,
      remembered_at: rememberedBrowsers.rememberedAt,
      expires_at: rememberedBrowsers.expiresAt,
      last_used_at: rememberedBrowsers.lastUsedAt,
    },
  },
  {
    name: 'linked_accounts',
    table: userIdentities,
    user: userIdentities.userId,
    exported: {
      id: userIdentities.id,
      social_login: userIdentities.loginId,
      issuer: userIdentities.issuer,
      subject: userIdentities.subject,
      account: userIdentities.account,
      created_at: userIdentities.createdAt,
      last_used_at: userIdentities.lastUsedAt,
    },
  },
  {
    name: 'trusted_issuer_subjects',
    table: issuerSubjects,
    user: issuerSubjects.userId,
    exported: {
      issuer: issuerSubjects.issuer,
      subject: issuerSubjects.subject,
    },
  },
  {
    name: 'connections',
    table: connections,
    user: connections.userId,
    exported: {
      id: connections.id,
      app: connections.appId,
      issuer: connections.issuer,
      account: connections.account,
      scopes: connections.scopes,
      state: connections.state,
      created_at: connections.createdAt,
      refreshed_at: connections.refreshedAt,
    },
  },
  {
    name: 'disconnected_apps',
    table: disconnectedApps,
    user: disconnectedApps.userId,
    exported: {
      app: disconnectedApps.appId,
      disconnected_at: disconnectedApps.disconnectedAt,
    },
  },
  {
    name: 'api_keys',
    table: apiKeys,
    user: apiKeys.userId,
    exported: {
      id: apiKeys.id,
      name: apiKeys.name,
      scopes: apiKeys.scopes,
      created_at: apiKeys.createdAt,
      expires_at: apiKeys.expiresAt,
      last_used_at: apiKeys.lastUsedAt,
    },
  },
  {
    name: 'sessions',
    table: sessions,
    user: sessions.userId,
    exported: {
      id: sessions.id,
      amr: sessions.amr,
      user_agent: sessions.userAgent,
      signed_in_at: sessions.authTime,
      last_seen_at: sessions.lastSeenAt,
      expires_at: sessions.expiresAt,
      ended_at: sessions.endedAt,
    },
  },
  {
    name: 'grants',
    table: grants,
    user: grants.userId,
    exported: {
      id: grants.id,
      client_id: grants.clientId,
      session: grants.sessionId,
      scopes: grants.scopes,
      claims: grants.claims,
      resources: grants.resources,
      created_at: grants.createdAt,
      refreshed_at: grants.rotatedAt,
      expires_at: grants.expiresAt,
      revoked_at: grants.revokedAt,
    },
  },
  {
    name: 'access_tokens',
    table: tokens,
    user: tokens.userId,
    exported: {
      id: tokens.id,
      grant: tokens.grantId,
      client_id: tokens.clientId,
      scopes: tokens.scopes,
      resource: tokens.resource,
      issued_at: tokens.issuedAt,
      expires_at: tokens.expiresAt,
      revoked_at: tokens.revokedAt,
    },
  },
  {
    name: 'device_authorizations',
    table: deviceCodes,
    user: deviceCodes.userId,
    exported: {
      id: deviceCodes.id,
      client_id: deviceCodes.clientId,
      scopes: deviceCodes.scopes,
      resources: deviceCodes.resources,
      decision: deviceCodes.decision,
      decided_at: deviceCodes.decidedAt,
      created_at: deviceCodes.createdAt,
      expires_at: deviceCodes.expiresAt,
    },
  },
  {
    name: 'logout_notices',
    table: logoutDeliveries,
    user: logoutDeliveries.userId,
    exported: {
      session: logoutDeliveries.sessionId,
      client_id: logoutDeliveries.clientId,
      created_at: logoutDeliveries.createdAt,
      done_at: logoutDeliveries.doneAt,
    },
  },
];

/** A condition: the row belongs to the user. */
export const belongsTo = ({ user }: Pick<UserTable, 'user'>, id: UserId): SQL => eq(user, id);
