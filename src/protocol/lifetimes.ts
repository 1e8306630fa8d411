/** How long things live that are not settings, in milliseconds, each with its reason. */

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Settings, clients and origins held by an isolate (DESIGN §2): an acceptance may be stale by this. */
export const HELD = 30 * SECOND;

/** Somebody who reads a consent page and looks something up. */
export const CONSENT_PAGE = 15 * MINUTE;

/** Somebody who begins to sign in, finds their password, and comes back. */
export const SIGN_IN_PAGE = 60 * MINUTE;

/** A pushed request is there for whoever signs in slowly, reads the consent page, and lets the code wait. */
export const PUSHED_EVIDENCE = SIGN_IN_PAGE + CONSENT_PAGE + 15 * MINUTE;

/** The second press of a double click on Allow is the same answer, not another one. */
export const DOUBLE_CLICK = 10 * SECOND;

/** A browser that signed in here is remembered as known for that person. */
export const DEVICE_COOKIE = 365 * DAY;

/** A one-time link that an administrator hands to a person. */
export const INVITATION = 7 * DAY;

/** A link that is mailed to somebody who cannot sign in, or who makes an account: they wait for it. */
export const MAILED_LINK = HOUR;

/** A link that confirms an address: somebody may read that mail in the evening only. */
export const CONFIRMATION = DAY;

/** How long after signing in a person need not prove again who they are, before a sensitive change. */
export const FRESH = 10 * MINUTE;

/** A session's "last seen" moves at most this often: every request would be a write. */
export const LAST_SEEN_STEP = 5 * MINUTE;

/** A client's "last used" moves at most this often. */
export const LAST_USED_STEP = DAY;

/** An API key's "last used" moves at most this often. */
export const API_KEY_USED_STEP = MINUTE;

/** A registered client that nobody used for this long is swept. */
export const UNUSED_CLIENT = 30 * DAY;

/** A grant's row outlives the grant, so that a replay can still be recognised. */
export const GRANT_EVIDENCE = DAY;

/** A sign-in throttle never makes anybody wait longer. */
export const LONGEST_WAIT = 15 * MINUTE;

/** Documents that anybody may read: metadata and keys. */
export const METADATA_MAX_AGE = 5 * MINUTE;

/** An assertion that somebody else signed may not expire later than this from now. */
export const LONGEST_ASSERTION = HOUR;

/** Somebody who is asked by a provider elsewhere whether to connect. */
export const FLOW = 10 * MINUTE;

/** The cron runs this often (wrangler.toml). */
export const CRON_STEP = 5 * MINUTE;

/** A server at which something went wrong is looked at again at most this often. */
export const LOOK_STEP = 10 * MINUTE;

/** A provider's clock may be behind ours by this, when it says when somebody signed in there. */
export const CLOCK_SKEW = MINUTE;

/** Who refreshes a token has it alone for this long: longer than any answer and its saving take. */
export const REFRESH_LEASE = 15 * SECOND;

/** The others wait for the result at most this long. */
export const REFRESH_WAIT = 10 * SECOND;

/** A token that lives no longer than this is refreshed before it is given out. */
export const TOKEN_LEEWAY = 15 * SECOND;

/** A token is refreshed, behind the response, when it has no more than this left, or a quarter of its life. */
export const REFRESH_AHEAD = 5 * MINUTE;
