/** The members that decide which fields of a client have a meaning. */
import { KEYED_METHODS, NO_AUTHENTICATION, PRIVATE_KEY_JWT } from '../../protocol/authentication-method.ts';
import { AUTHORIZATION_CODE, CLIENT_CREDENTIALS } from '../../protocol/grant-type.ts';

/** The members that decide which fields of a client have a meaning; those that a form leaves open are left out. */
export type ClientSubject = {
  token_endpoint_auth_method?: string | undefined;
  grant_types?: readonly string[] | undefined;
  jwks?: unknown;
};

export const redirects = ({ grant_types }: ClientSubject) => grant_types?.includes(AUTHORIZATION_CODE) ?? true;

export const isConfidential = ({ token_endpoint_auth_method: method }: ClientSubject) => method !== NO_AUTHENTICATION;

export const hasKeys = ({ token_endpoint_auth_method: method = PRIVATE_KEY_JWT }: ClientSubject) =>
  KEYED_METHODS.includes(method);

export const signsIn = ({ grant_types }: ClientSubject) =>
  grant_types?.some((grant) => grant !== CLIENT_CREDENTIALS) ?? true;

export const uses = (grantType: string) => (client: ClientSubject) => client.grant_types?.includes(grantType) ?? true;
