/** The operations that are compared between servers, by the same calls. */
import { REDIRECT_URI, VERIFIER } from './codes.ts';
import { CALLERS, type Caller, send } from './load.ts';
import { LOOPBACK_REDIRECT_URI, type Peer, registrationCall } from './peer.ts';

export type PeerOperation = {
  name: string;
  /** The reasons by which a server is flattered, by its name. */
  flattered: Record<string, string>;
  /** The callers of a turn; undefined for a server that has no such operation. */
  callers: (peer: Peer, seconds: number) => Promise<((index: number) => Caller) | undefined>;
};

/** The codes of a turn of one second; where they are used up, it ends. */
const CODES_PER_SECOND = 800;

const redemptionOf = ({ name, token, clientId }: Peer, code: string) => ({
  path: token,
  form: {
    grant_type: 'authorization_code',
    client_id: clientId,
    code,
    redirect_uri: name === '@openauthjs/openauth' ? LOOPBACK_REDIRECT_URI : REDIRECT_URI,
    code_verifier: VERIFIER,
  },
});

type Tokens = { access_token: string; refresh_token: string };

async function tokensOf(peer: Peer, count: number): Promise<Tokens[]> {
  const codes = await peer.codes(count);
  return Promise.all(
    codes.map(async (code) => JSON.parse(await send(undefined, peer.url, redemptionOf(peer, code))) as Tokens),
  );
}

const redeem = async (peer: Peer, seconds: number) => {
  const codes = await peer.codes(Math.min(Math.ceil(CODES_PER_SECOND * seconds), peer.mostCodes ?? Infinity));
  return () => () => {
    const code = codes.pop();
    return code === undefined ? undefined : redemptionOf(peer, code);
  };
};

const refresh = async (peer: Peer) => {
  const first = await tokensOf(peer, CALLERS);
  return (index: number) => {
    let { refresh_token } = first[index] as Tokens;
    return (previous: string | undefined) => {
      if (previous !== undefined) ({ refresh_token } = JSON.parse(previous) as Tokens);
      return { path: peer.token, form: { grant_type: 'refresh_token', client_id: peer.clientId, refresh_token } };
    };
  };
};

/** Operations that return an id_token are compared apart from those that do not. */
const ofKind =
  (openid: boolean, callers: PeerOperation['callers']): PeerOperation['callers'] =>
  async (peer, seconds) =>
    peer.openid === openid ? callers(peer, seconds) : undefined;

const OPAQUE = 'access tokens are opaque: nothing is signed';
const MEMORY = 'its default adapter keeps everything in the memory of one process';
const SQLITE = 'SQLite in the memory of one process: no other location could read it';
const ES256_KEY =
  'its only key signs ES256, where the default of oidc-provider is RS256, which costs a millisecond more';
const KV = 'local KV reads and writes memory without its distance; it decides single use by a read and a later write';

export const PEER_OPERATIONS: readonly PeerOperation[] = [
  {
    name: 'code to tokens, no id_token',
    flattered: { '@cloudflare/workers-oauth-provider': `${OPAQUE}; ${KV}`, '@openauthjs/openauth': KV },
    callers: ofKind(false, redeem),
  },
  {
    name: 'code to tokens with id_token',
    flattered: {
      'Postern, openid': ES256_KEY,
      'oidc-provider': `${MEMORY}; access tokens are opaque`,
      'better-auth': `${SQLITE}; access tokens are opaque`,
    },
    callers: ofKind(true, redeem),
  },
  {
    name: 'refresh, no id_token',
    flattered: { '@cloudflare/workers-oauth-provider': `${OPAQUE}; ${KV}`, '@openauthjs/openauth': KV },
    callers: ofKind(false, refresh),
  },
  {
    name: 'refresh with id_token',
    flattered: { 'Postern, openid': ES256_KEY, 'oidc-provider': MEMORY, 'better-auth': SQLITE },
    callers: ofKind(true, refresh),
  },
  {
    name: 'client credentials',
    flattered: {
      '@openauthjs/openauth': 'the function that checks the secret is the application’s own, and here accepts any',
      'oidc-provider': `${MEMORY}; access tokens are opaque`,
      'better-auth': `${SQLITE}; access tokens are opaque`,
    },
    callers: async ({ name, token, machine }) =>
      machine && name !== 'Postern, openid'
        ? () => () => ({ path: token, form: { grant_type: 'client_credentials', ...machine } })
        : undefined,
  },
  {
    name: 'verification by the server',
    flattered: {
      '@cloudflare/workers-oauth-provider': KV,
      'oidc-provider': MEMORY,
      'better-auth': SQLITE,
    },
    callers: async (peer) => {
      const { verification, host } = peer;
      if (verification === undefined) return undefined;
      const [tokens] = await tokensOf(peer, 1);
      const headers = { authorization: `Bearer ${tokens?.access_token}`, ...(host && { host }) };
      return () => () => ({ path: verification, headers });
    },
  },
  {
    name: 'registration',
    flattered: { '@cloudflare/workers-oauth-provider': KV, 'oidc-provider': MEMORY, 'better-auth': SQLITE },
    callers: async ({ name, register }) =>
      register && name !== 'Postern, openid' ? () => () => registrationCall(register) : undefined,
  },
  {
    name: 'discovery',
    flattered: {},
    callers: async ({ name, metadata }) => (name === 'Postern, openid' ? undefined : () => () => ({ path: metadata })),
  },
];
