/**
 * The guard of the resource server package beside an unprotected answer: tokens that it has seen, and new ones; and
 * examples/mcp-gateway beside the MCP server behind it.
 */
import { parseConfig } from '../src/config.ts';
import { signAccessToken } from '../src/protocol/access-token.ts';
import { newClientId, newGrantId, newTokenId, newUserId } from '../src/protocol/credentials.ts';
import { BINDINGS } from './bindings.ts';
import type { Call, Operation } from './load.ts';

const {
  issuer,
  signers: [signer],
} = parseConfig(BINDINGS);

/** Access tokens for the turn in which each is new: more than eight callers can send in it. */
const NEW_TOKENS_PER_SECOND = 5000;

/** @param seconds the length of a turn. */
export const guardOperations = (seconds: number): Operation[] => [
  {
    name: 'verify, seen before',
    of: 'guarded',
    beside: 'guarded',
    postern: async () => {
      const call = guardedCall(await mintToken());
      return () => () => call;
    },
    other: async () => unprotected(await mintToken()),
  },
  {
    name: 'verify, first time',
    of: 'guarded',
    beside: 'guarded',
    postern: async () => {
      const tokens = await Promise.all(Array.from({ length: NEW_TOKENS_PER_SECOND * seconds }, () => mintToken()));
      return () => () => {
        const token = tokens.pop();
        if (token === undefined) throw new Error('more tokens are needed than were signed');
        return guardedCall(token);
      };
    },
    other: async () => unprotected(await mintToken()),
  },
  {
    name: 'gateway, tools/list',
    of: 'guarded',
    beside: 'guarded',
    postern: async () => {
      const call = listTools('/gateway', await mintToken('/gateway'));
      return () => () => call;
    },
    other: async () => {
      const call = listTools('/upstream', await mintToken('/gateway'));
      return () => () => call;
    },
  },
];

const listTools = (path: string, token: string): Call => ({
  path,
  json: { jsonrpc: '2.0', id: 1, method: 'tools/list' },
  headers: { authorization: `Bearer ${token}`, accept: 'application/json, text/event-stream' },
});

/** The same request, whose token nobody reads. */
const unprotected = (token: string) => () => () => ({ ...guardedCall(token), path: '/unprotected' });

const guardedCall = (token: string): Call => ({ path: '/guarded', headers: { authorization: `Bearer ${token}` } });

/** Signs an access token as the token endpoint does. */
function mintToken(path = '/guarded'): Promise<string> {
  if (!signer) throw new Error('no key signs');
  const iat = Math.floor(Date.now() / 1000);
  return signAccessToken(signer, {
    iss: issuer,
    sub: newUserId(),
    aud: issuer + path,
    client_id: newClientId(),
    scope: 'openid profile',
    jti: newTokenId('0'),
    grant: newGrantId('0'),
    iat,
    exp: iat + 3600,
  });
}
