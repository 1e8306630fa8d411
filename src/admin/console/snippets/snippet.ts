/** A program or configuration with which an application uses its client, as the guides in docs/how-to have it. */
import { CLIENT_SECRET_BASIC, CLIENT_SECRET_POST, NO_AUTHENTICATION } from '../../../protocol/authentication-method.ts';
import type { ClientMetadata } from '../../../protocol/client-metadata.ts';
import { REFRESH_TOKEN } from '../../../protocol/grant-type.ts';
import { EMAIL_SCOPE, OFFLINE_ACCESS, OPENID_SCOPE, PROFILE_SCOPE } from '../../../protocol/scope-names.ts';

/** A name for the library or program, the file or language, and the text. The client secret stays in the environment. */
export type Snippet = { name: string; where: string; text: string };

/** The values of a client that snippets have in them. */
export type SnippetValues = {
  issuer: string;
  clientId: string;
  metadata: ClientMetadata;
  /** The address of an API or MCP server. */
  resource: string;
};

const SIGN_IN_SCOPES = [OPENID_SCOPE, PROFILE_SCOPE, EMAIL_SCOPE].join(' ');

/** The scopes that a request names: those of the client, else those of a sign-in. */
export function snippetScopes({ scope, grant_types }: ClientMetadata): string {
  if (scope) return scope;
  return grant_types.includes(REFRESH_TOKEN) ? `${SIGN_IN_SCOPES} ${OFFLINE_ACCESS}` : SIGN_IN_SCOPES;
}

/** The first redirect URI. */
export const redirectOf = ({ redirect_uris: [first = ''] }: ClientMetadata): string => first;

type ProgramAuthentication = 'none' | 'basic' | 'post' | 'key';

/** The authentication that a program uses; a secret goes into the header where the client may use either place. */
export function authenticationOf({ token_endpoint_auth_method: method = CLIENT_SECRET_BASIC }: ClientMetadata) {
  const known: Record<string, ProgramAuthentication> = {
    [NO_AUTHENTICATION]: 'none',
    [CLIENT_SECRET_BASIC]: 'basic',
    [CLIENT_SECRET_POST]: 'post',
  };
  return known[method] ?? 'key';
}

/** A text as a literal of JavaScript. */
export const literal = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
