/** The snippets that fit a client: by its grant types, its authentication, and the type of its application. */
import { AUTHORIZATION_CODE, CLIENT_CREDENTIALS, DEVICE_CODE } from '../../../protocol/grant-type.ts';
import { authJs, oidcClientTs } from './browser.ts';
import { curlCode, curlDevice, curlService } from './curl.ts';
import { mcpSnippets } from './mcp.ts';
import { openidClientCode, openidClientDevice, openidClientService } from './openid-client.ts';
import { authenticationOf, type Snippet, type SnippetValues } from './snippet.ts';

function codeSnippets(values: SnippetValues): (Snippet | undefined)[] {
  const { application_type: type } = values.metadata;
  const authentication = authenticationOf(values.metadata);
  const hasSecret = authentication === 'basic' || authentication === 'post';
  const isBrowser = authentication === 'none' && type === 'web';
  return [
    // A type that was not registered says that the application may be an MCP client.
    ...(type === undefined ? mcpSnippets(values) : []),
    ...(isBrowser ? [oidcClientTs(values)] : [openidClientCode(values)]),
    ...(hasSecret ? [authJs(values)] : []),
    curlCode(values),
  ];
}

export function snippetsFor(values: SnippetValues): Snippet[] {
  const uses = (grantType: string) => values.metadata.grant_types.includes(grantType);
  return [
    ...(uses(AUTHORIZATION_CODE) ? codeSnippets(values) : []),
    ...(uses(DEVICE_CODE) ? [openidClientDevice(values), curlDevice(values)] : []),
    ...(uses(CLIENT_CREDENTIALS) ? [curlService(values), openidClientService(values)] : []),
  ].filter((snippet) => snippet !== undefined);
}
