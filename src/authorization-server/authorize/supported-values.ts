/** The values of authorization request parameters that metadata names; metadata is read without what validates requests. */

/** RFC 6749 §3.1.1; implicit and hybrid are not offered (OAuth 2.1 §10.1). */
export const RESPONSE_TYPES = ['code'];

/** OpenID Connect Core §3.1.2.1. */
export const PROMPTS = ['none', 'login', 'consent', 'select_account'];
