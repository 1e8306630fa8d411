/** Configurations of MCP clients that use a client ID of this server: docs/how-to/mcp-clients.md. */
import { authenticationOf, type Snippet, type SnippetValues } from './snippet.ts';

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** A placeholder that the program replaces by a value of its environment. */
const fromEnvironment = (name: string): string => `\${${name}}`;

/** The loopback port of the first redirect URI that has one. */
function portOf(redirectUris: readonly string[]): number | undefined {
  const uri = redirectUris.find((one) => /^http:\/\/(localhost|127\.0\.0\.1):\d+/.test(one));
  return uri === undefined ? undefined : Number(new URL(uri).port);
}

export function mcpSnippets({ clientId, metadata, resource }: SnippetValues): Snippet[] {
  const isPublic = authenticationOf(metadata) === 'none';
  const callbackPort = portOf(metadata.redirect_uris) ?? 8787;
  const claude = { type: 'http', url: resource, oauth: { clientId, callbackPort } };
  const auth = { CLIENT_ID: clientId, ...(!isPublic && { CLIENT_SECRET: fromEnvironment('env:CLIENT_SECRET') }) };
  const information = { client_id: clientId, ...(!isPublic && { client_secret: fromEnvironment('CLIENT_SECRET') }) };
  return [
    { name: 'Claude Code', where: '.mcp.json', text: json({ mcpServers: { server: claude } }) },
    { name: 'Cursor', where: 'mcp.json', text: json({ mcpServers: { server: { url: resource, auth } } }) },
    {
      name: 'mcp-remote',
      where: 'sh',
      text: `npx mcp-remote ${resource} ${callbackPort} --static-oauth-client-info '${JSON.stringify(information)}'\n`,
    },
  ];
}
