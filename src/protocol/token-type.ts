/** The names of tokens in token exchange (RFC 8693 §3), and types of JWTs. */

/** RFC 8693 §3 */
export const ACCESS_TOKEN_TYPE = 'urn:ietf:params:oauth:token-type:access_token';

export const ID_TOKEN_TYPE = 'urn:ietf:params:oauth:token-type:id_token';

/** The `typ` of an ID-JAG (draft-ietf-oauth-identity-assertion-authz-grant §3). */
export const ID_JAG_TYP = 'oauth-id-jag+jwt';

/** The token type of an ID-JAG in token exchange. */
export const ID_JAG_TOKEN_TYPE = 'urn:ietf:params:oauth:token-type:id-jag';
