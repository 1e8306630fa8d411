/**
 * A Worker that talks to an MCP server through a connected app in the name of nobody: the app's own token (client
 * credentials). It is what the extension scenarios of `@modelcontextprotocol/conformance` start, with the server's
 * address as the last word.
 */
import { createPrivateKey } from 'node:crypto';
import { converse } from './mcp-messages.ts';
import { startProgram } from './program.ts';

const resource = process.argv.at(-1) ?? '';
const context = JSON.parse(process.env.MCP_CONFORMANCE_CONTEXT ?? '{}') as Record<string, string>;
const { client_id, client_secret, private_key_pem, signing_algorithm } = context;

/** The key that is registered there is the one that this server signs with. */
const key = private_key_pem && createPrivateKey(private_key_pem).export({ format: 'jwk' });
const SIGNING_KEY_1 = key && JSON.stringify({ ...key, kid: 'registered-there', alg: signing_algorithm });

const program = await startProgram(SIGNING_KEY_1 ? { SIGNING_KEY_1 } : {});
try {
  const auth_method = key ? 'private_key_jwt' : undefined;
  const app = { id: 'own', template: 'mcp', resource, client_id, client_secret, auth_method };
  await program.administer('POST', '/connected-apps', app);
  await converse(
    (headers, body) =>
      program.ask('/through', { url: resource, method: 'POST', headers: { ...headers, 'postern-app': 'own' }, body }),
    async () => undefined,
  );
} finally {
  await program.close();
}
