/** The lists of the export of a user, one for each table whose rows belong to the user. */
export const USER_EXPORT_LISTS = [
  'passkeys',
  'second_factors',
  'recovery_codes',
  'remembered_browsers',
  'linked_accounts',
  'trusted_issuer_subjects',
  'connections',
  'disconnected_apps',
  'api_keys',
  'sessions',
  'grants',
  'access_tokens',
  'device_authorizations',
  'logout_notices',
] as const;
