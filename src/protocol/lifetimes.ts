/** Lifetimes and intervals that are not settings, in milliseconds, each with its reason. */

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** The longest access token of any resource: APIs that validate offline accept a revoked one until it expires. */
export const MAX_TOKEN_LIFETIME = HOUR;

/** The longest access token of a resource with online validation, or with an administrator's confirmation. */
export const MAX_ONLINE_TOKEN_LIFETIME = DAY;

/** The age of settings, clients and resources in the isolate's cache: an acceptance may be stale by this. */
export const ISOLATE_CACHE_AGE = 30 * SECOND;

/** The lag that a D1 replica may have: for this long after a change of a client, copies of a replica are read again. */
export const REPLICA_LAG = 15 * MINUTE;

/**
 * The clock difference of two locations: a cutoff also revokes credentials created up to this long after it, unless their
 * database already had the cutoff.
 */
export const LOCATION_SKEW = 5 * SECOND;

/** The margin for changes that were written while a row was read, and for clock differences. */
export const READ_MARGIN = 10 * SECOND;

/** The time to read and answer a consent page. */
export const CONSENT_PAGE_LIFETIME = 15 * MINUTE;

/** The time to complete sign-in, including the search for a password. */
export const SIGN_IN_PAGE_LIFETIME = 60 * MINUTE;

/** A sign-in code by mail: the user waits for it. */
export const MAIL_CODE_LIFETIME = 10 * MINUTE;

/** The time to enter the code of the second factor, including the search for the phone. */
export const SECOND_FACTOR_LIFETIME = 10 * MINUTE;

/** Wrong codes of a second factor are counted for this long: about a hundred guesses of a million are possible in it. */
export const SECOND_FACTOR_WINDOW = DAY;

/** The time to return from reauthentication to a request with a shorter max_age. */
export const REAUTHENTICATION_RETURN = MINUTE;

/** A pushed request is kept for slow sign-in, the consent page, and the lifetime of the code. */
export const PUSHED_REQUEST_RETENTION = SIGN_IN_PAGE_LIFETIME + CONSENT_PAGE_LIFETIME + 15 * MINUTE;

/** A second submission of the consent form within this time has the same result (double click). */
export const DOUBLE_SUBMIT_TOLERANCE = 10 * SECOND;

/** The cookie of a browser that has signed in before. */
export const DEVICE_COOKIE_LIFETIME = 365 * DAY;

/** The language that was chosen in a browser. */
export const CHOSEN_LANGUAGE_LIFETIME = 365 * DAY;

/** A single-use link from an administrator to a user. */
export const INVITATION_LIFETIME = 7 * DAY;

/** A mailed link for recovery or sign-up: the user waits for it. */
export const MAILED_LINK_LIFETIME = HOUR;

/** A mailed link for reauthentication: the user is signed in and waits for it. */
export const REAUTHENTICATION_LINK_LIFETIME = 15 * MINUTE;

/** A mailed link that confirms an address, which may be read hours later. */
export const EMAIL_CONFIRMATION_LIFETIME = DAY;

/** The age of a sign-in up to which a sensitive change needs no reauthentication. */
export const REAUTHENTICATION_AGE = 10 * MINUTE;

/** The interval between updates of a session's "last seen", to save writes. */
export const LAST_SEEN_INTERVAL = 5 * MINUTE;

/** The interval between updates of a client's "last used". */
export const LAST_USED_INTERVAL = HOUR;

/** The interval between updates of an API key's "last used". */
export const API_KEY_LAST_USED_INTERVAL = MINUTE;

/** The record of a code is kept this long after its expiry, so that an administrator sees that it was never redeemed. */
export const UNREDEEMED_CODE_RETENTION = 15 * MINUTE;

/** The interval between updates of the last use of a grant's access tokens. */
export const TOKEN_USED_INTERVAL = DAY;

/** A dynamically registered client without grants is deleted when unused for this long. */
export const UNUSED_CLIENT_RETENTION = 30 * DAY;

/** A registration younger than this is never evicted: its user may be signing in. */
export const MIN_EVICTION_AGE = HOUR;

/** The row of an expired or revoked grant is kept this long to detect replays. */
export const GRANT_RETENTION = DAY;

/** The longest delay of the sign-in throttle. */
export const MAX_THROTTLE_DELAY = 15 * MINUTE;

/** The cache lifetime of public documents: metadata and keys. */
export const METADATA_MAX_AGE = 5 * MINUTE;

/** An ID-JAG is used at once: the client exchanges it for an access token. */
export const ID_JAG_LIFETIME = 5 * MINUTE;

/** The latest accepted expiry of an assertion, from now. */
export const MAX_ASSERTION_LIFETIME = HOUR;

/** RFC 7521 §4.1: an access token does not outlive the assertion of a workload by a significant period. */
export const BEYOND_ASSERTION = 5 * MINUTE;

/** The time to complete an authorization flow at another provider. */
export const FLOW_LIFETIME = 10 * MINUTE;

/**
 * The delay between a user's grace period and the deletion of their rows. Access tokens, codes, device codes and pushed
 * requests have expired by then, so no cutoff need outlive the user. Provider tokens are retried for revocation as long.
 */
export const PURGE_DELAY = 25 * HOUR;

/** The cron runs this often (wrangler.toml). */
export const CRON_INTERVAL = 5 * MINUTE;

/** The interval between checks of an issuer after a failure. */
export const ISSUER_CHECK_INTERVAL = 10 * MINUTE;

/** The accepted clock difference of a provider, for `auth_time`. */
export const CLOCK_SKEW = MINUTE;

/** The lease of a token refresh: longer than the provider's response and its storage take. */
export const REFRESH_LEASE = 15 * SECOND;

/** Concurrent requests wait for a refresh at most this long. */
export const REFRESH_WAIT = 10 * SECOND;

/** A token with a shorter remaining lifetime is refreshed before use. */
export const TOKEN_LEEWAY = 15 * SECOND;

/** A token with a shorter remaining lifetime, or a quarter of its lifetime, is refreshed after the response. */
export const REFRESH_AHEAD = 5 * MINUTE;
