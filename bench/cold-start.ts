/** Starts of a new process until a first request is answered, beside an empty Worker with the same bindings. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BINDINGS_WITH_RS256 } from './bindings.ts';
import { mintCodes, redemption } from './codes.ts';
import { type Call, percentile, send } from './load.ts';
import { createFloorTables, migrate } from './operations.ts';
import { createUser, registerPublic } from './records.ts';
import { type Built, serve } from './worker.ts';

/** Milliseconds, medians. */
export type ColdStart = {
  name: string;
  ours: number;
  /** Of an empty Worker, and what Postern takes longer. */
  empty: number;
  over: number;
  /** Of the floor, where the request is one for tokens. */
  floor: number | undefined;
};

const RUNS = 7;

/** The first document, and the first token response with an id_token: one request to each process, by turns. */
export async function coldStarts(postern: Built, empty: Built, floor: Built): Promise<ColdStart[]> {
  const folders = { postern: newFolder(), floor: newFolder() };
  // The bindings of Postern, so that the same simulators start, and its bundle as a text that nobody parses: the
  // simulator takes long to hand over so many bytes, which Cloudflare does before a request comes.
  const asPostern = (other: Built): Built => ({ ...other, config: postern.config, ballast: postern.script });
  try {
    const codes = await prepareStores(postern, folders.postern);
    await prepareFloor(asPostern(floor), folders.floor);
    const jwks = { path: '/.well-known/jwks.json' };
    return [
      await medians('first document', {
        ours: () => start(postern, folders.postern, jwks),
        empty: () => start(asPostern(empty), folders.postern, jwks),
      }),
      await medians('first token response', {
        ours: () => start(postern, folders.postern, { path: '/token', form: codes.pop() ?? {} }),
        empty: () => start(asPostern(empty), folders.postern, { path: '/token', form: {} }),
        floor: () => start(asPostern(floor), folders.floor, { path: '/token', form: floorCode() }),
      }),
    ];
  } finally {
    for (const folder of Object.values(folders)) rmSync(folder, { recursive: true });
  }
}

const newFolder = () => mkdtempSync(join(tmpdir(), 'postern-bench-stores-'));

const floorCode = () => ({ grant_type: 'code', id: randomUUID(), id_token: 'RS256' });

type Starts = { ours: () => Promise<number>; empty: () => Promise<number>; floor?: () => Promise<number> };

/** Starts each as often, by turns. */
async function medians(name: string, { ours, empty, floor }: Starts): Promise<ColdStart> {
  const times: Record<keyof Starts, number[]> = { ours: [], empty: [], floor: [] };
  for (let run = 0; run < RUNS; run++) {
    times.ours.push(await ours());
    times.empty.push(await empty());
    if (floor) times.floor.push(await floor());
  }
  const median = (of: keyof Starts) => percentile(times[of], 0.5);
  const over = median('ours') - median('empty');
  return { name, ours: median('ours'), empty: median('empty'), over, floor: floor && median('floor') };
}

/** The tables of the floor. */
async function prepareFloor(floor: Built, stores: string): Promise<void> {
  const served = await serve(floor, BINDINGS_WITH_RS256, { stores });
  try {
    await createFloorTables(served);
  } finally {
    await served.stop();
  }
}

/** A user and a client in the databases of the folder. @returns the forms that redeem codes. */
async function prepareStores(postern: Built, stores: string): Promise<Record<string, string>[]> {
  const served = await serve(postern, BINDINGS_WITH_RS256, { stores });
  try {
    await migrate(served);
    const userId = await createUser(served);
    const clientId = await registerPublic(served);
    const codes = await mintCodes(BINDINGS_WITH_RS256, {
      clientId,
      count: RUNS,
      userId,
      scopes: ['openid', 'profile'],
    });
    return codes.map((code) => redemption(clientId, code));
  } finally {
    await served.stop();
  }
}

/** @returns the milliseconds from the start of a process to its first answer. */
async function start(built: Built, stores: string, call: Call): Promise<number> {
  const began = performance.now();
  const served = await serve(built, BINDINGS_WITH_RS256, { stores });
  try {
    await send(undefined, served.url, call);
    return performance.now() - began;
  } finally {
    await served.stop();
  }
}
