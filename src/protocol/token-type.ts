/** The names of identity assertions for other servers (draft-ietf-oauth-identity-assertion-authz-grant §3, §4.3). */

/** The `typ` of an ID-JAG. */
export const ID_JAG_TYP = 'oauth-id-jag+jwt';

/** The token type of an ID-JAG in token exchange. */
export const ID_JAG_TOKEN_TYPE = 'urn:ietf:params:oauth:token-type:id-jag';
