/** A server that is compared with others, and what all of them are asked. */
import { join } from 'node:path';
import { REDIRECT_URI } from './codes.ts';
import type { Call } from './load.ts';

export const PEERS = join('bench', 'peers');
/** The redirect URI of a server that accepts no other. */
export const LOOPBACK_REDIRECT_URI = 'http://localhost:3000/callback';

export type Peer = {
  name: string;
  url: string;
  pids: number[];
  stop: () => Promise<void>;
  metadata: string;
  token: string;
  register?: string;
  clientId: string;
  /** The client of the client credentials grant, in its form. */
  machine?: Record<string, string>;
  /** Authorization codes; made outside of what is measured. */
  codes: (count: number) => Promise<string[]>;
  /** The address that accepts an access token. */
  verification?: string;
  /** The host that the audience of its tokens names. */
  host?: string;
  /** True where the code is redeemed for an id_token as well. */
  openid: boolean;
  /** The codes that it can hold at a time. Default: any number. */
  mostCodes?: number;
};

export const registration = {
  redirect_uris: [REDIRECT_URI],
  token_endpoint_auth_method: 'none',
  grant_types: ['authorization_code', 'refresh_token'],
};

export const registrationCall = (path: string): Call => ({ path, json: registration });
