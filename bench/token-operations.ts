/** Token requests beside the floor: without an id_token, and with one of each algorithm, which the floor signs as well. */
import { randomUUID } from 'node:crypto';
import { BINDINGS_WITH_RS256 } from './bindings.ts';
import { mintCodes, redemption } from './codes.ts';
import { CALLERS, type Caller, type Operation, send } from './load.ts';
import { createUser, registerMachine, registerPublic } from './records.ts';
import type { Served } from './worker.ts';

/** The codes of a turn of one second: more than eight callers can send in it. */
const CODES_PER_SECOND = 1500;

type Kind = { idToken: 'ES256' | 'RS256' | undefined; mint: (count: number) => Promise<string[]>; clientId: string };

/** @param seconds the length of a turn. */
export async function tokenOperations(postern: Served, floor: Served, seconds: number): Promise<Operation[]> {
  const userId = await createUser(postern);
  const kindOf = async (idToken: Kind['idToken']): Promise<Kind> => {
    const clientId = await registerPublic(postern, idToken && { id_token_signed_response_alg: idToken });
    const openid = idToken && { userId, scopes: ['openid', 'profile'] };
    return { idToken, clientId, mint: (count) => mintCodes(BINDINGS_WITH_RS256, { clientId, count, ...openid }) };
  };
  const kinds = [await kindOf(undefined), await kindOf('ES256'), await kindOf('RS256')];
  const machine = await registerMachine(postern);
  const machineForm = { grant_type: 'client_credentials', ...machine };
  return [
    ...kinds.map((kind) => redeem(kind, seconds)),
    ...kinds.map((kind) => refresh(kind, postern, floor)),
    {
      name: 'client credentials',
      beside: 'floor',
      postern: async () => () => () => ({ path: '/token', form: machineForm }),
      other: async () => () => () => ({ path: '/token', form: machineForm }),
    },
  ];
}

const nameOf = (name: string, { idToken }: Kind) => (idToken === undefined ? name : `${name}, ${idToken} id_token`);

/** The parameter that makes the floor sign an id_token. */
const floorForm = ({ idToken }: Kind, form: Record<string, string>) => ({
  ...form,
  ...(idToken && { id_token: idToken }),
});

const redeem = (kind: Kind, seconds: number): Operation => ({
  name: nameOf('code to tokens', kind),
  beside: 'floor',
  postern: async () => {
    const codes = await kind.mint(Math.ceil(CODES_PER_SECOND * seconds));
    return () => () => ({ path: '/token', form: redemption(kind.clientId, codes.pop() ?? '') });
  },
  other: async () => () => () => ({ path: '/token', form: floorForm(kind, { grant_type: 'code', id: randomUUID() }) }),
});

const refresh = (kind: Kind, postern: Served, floor: Served): Operation => ({
  name: nameOf('refresh', kind),
  beside: 'floor',
  postern: () => refreshCallers(kind, postern),
  other: async () => {
    const ids = Array.from({ length: CALLERS }, () => randomUUID());
    for (const id of ids) await send(undefined, floor.url, { path: '/', form: { grant_type: 'code', id } });
    return (index) => () => ({
      path: '/token',
      form: floorForm(kind, { grant_type: 'refresh_token', id: ids[index] ?? '' }),
    });
  },
});

/** Each caller has a family of its own and goes on with what it was given. */
async function refreshCallers(
  { clientId: client_id, mint }: Kind,
  postern: Served,
): Promise<(index: number) => Caller> {
  const first = await Promise.all(
    (await mint(CALLERS)).map((code) =>
      send(undefined, postern.url, { path: '/token', form: redemption(client_id, code) }),
    ),
  );
  return (index) => (previous) => {
    const { refresh_token } = JSON.parse(previous ?? first[index] ?? '') as { refresh_token: string };
    return { path: '/token', form: { grant_type: 'refresh_token', client_id, refresh_token } };
  };
}
