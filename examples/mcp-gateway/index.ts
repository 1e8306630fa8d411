/** One Worker in front of two MCP servers: one takes a secret, the other the token of the user's connection. */
import { env } from 'cloudflare:workers';
import { overRpc } from '@postern/resource-server';
import { answerGateway, type GatewayServer, withConnection, withSecret } from './gateway.ts';

/** The guard of one path. Postern is asked about each token: a revoked one is refused at once. */
const guardOf = (path: string, name: string, scopes: string[]): GatewayServer['guard'] => {
  const resource = new URL(path, env.ORIGIN).href;
  return {
    issuer: env.ISSUER,
    resource,
    scopes,
    description: { name },
    revocation: 'immediate',
    verifier: overRpc(env.POSTERN, resource),
  };
};

const SERVERS: GatewayServer[] = [
  {
    guard: guardOf('/notes', 'Notes', ['notes.read']),
    tools: { read_notes: [], write_note: ['notes.write'] },
    upstream: env.NOTES_URL,
    send: withSecret(env.NOTES_SECRET, fetch),
  },
  {
    guard: guardOf('/issues', 'Issues', ['issues.read']),
    tools: { list_issues: [], create_issue: ['issues.write'] },
    upstream: env.ISSUES_URL,
    // The connected app `issues` keeps a token of each user: `npm run admin -- connected-apps create issues mcp …`
    send: withConnection('issues', env.CONNECTIONS),
  },
];

export default {
  fetch: (request) => answerGateway(request, SERVERS, env.SESSION_KEY),
} satisfies ExportedHandler;
