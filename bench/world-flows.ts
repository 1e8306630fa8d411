/** The flows of users in the simulated world: each leg with the time that it took, and each refusal. */
import { CODE_CHALLENGE, REDIRECT_URI, redemption } from './codes.ts';
import { type Answered, ask, type WorldRequest, type WorldServer } from './world.ts';
import type { Region } from './world-latencies.ts';

/** The milliseconds of a leg, by its name. */
export type Legs = Record<string, number>;

/** A server with what its flows need. */
export type WorldSubject = {
  /** Every leg once, from one region. */
  flow: (region: Region, isCold: boolean) => Promise<Legs>;
  /** Authorize and redeem in one region, refresh in another and again in the first. @throws Error for a refusal. */
  moving: (home: Region, away: Region) => Promise<void>;
};

export const form = (fields: Record<string, string>): WorldRequest => ({
  method: 'POST',
  body: new URLSearchParams(fields),
});
export const bearer = (token: string): WorldRequest => ({ headers: { authorization: `Bearer ${token}` } });

export function accepted(leg: string, answered: Answered): Answered {
  if (answered.status >= 400) throw new Error(`${leg}: ${answered.status} ${answered.text.slice(0, 200)}`);
  return answered;
}

type Tokens = { access_token: string; refresh_token: string };
export const tokensOf = ({ text }: Answered) => JSON.parse(text) as Tokens;

export const codeOf = ({ headers, status, text }: Answered, leg: string): string => {
  const code = new URL(headers.get('location') ?? 'about:blank').searchParams.get('code');
  if (code === null)
    throw new Error(
      `${leg} leads to ${headers.get('location')}: ${status} ${text.replaceAll(/<[^>]*>\s*/g, ' ').slice(-400)}`,
    );
  return code;
};

export const authorizeUrl = (client_id: string, scope: string) =>
  `/authorize?${new URLSearchParams({
    response_type: 'code',
    client_id,
    redirect_uri: REDIRECT_URI,
    scope,
    state: 'state',
    code_challenge: CODE_CHALLENGE,
    code_challenge_method: 'S256',
  })}`;

/** Sends requests that must be answered, and records how long each leg waited. */
export const measuring =
  (server: WorldServer, region: Region, isCold: boolean, legs: Legs) =>
  async (leg: string, path: string, init: WorldRequest = {}) => {
    const answered = accepted(leg, await ask(server, region, path, { ...init, isCold }));
    legs[leg] = answered.ms;
    return answered;
  };

/** The token requests of a public client. */
export const redeem = (clientId: string, code: string) => form(redemption(clientId, code));
export const refresh = (client_id: string, { refresh_token }: Tokens) =>
  form({ grant_type: 'refresh_token', client_id, refresh_token });

/**
 * The flow of `moving`.
 * @param validation the path that accepts an access token.
 */
export const movingFlow =
  (server: WorldServer, clientId: string, authorize: (region: Region) => Promise<Answered>, validation: string) =>
  async (home: Region, away: Region): Promise<void> => {
    const token = async (leg: string, region: Region, request: WorldRequest) =>
      tokensOf(accepted(leg, await ask(server, region, '/token', request)));
    const code = codeOf(accepted('authorize', await authorize(home)), 'authorize');
    const first = await token('token', home, redeem(clientId, code));
    const second = await token('refresh', away, refresh(clientId, first));
    const third = await token('refresh', home, refresh(clientId, second));
    accepted('validation', await ask(server, away, validation, bearer(third.access_token)));
  };
