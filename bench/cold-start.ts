/** Starts of a new process until a first request is answered, beside an empty Worker with the same bindings. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BINDINGS_WITH_RS256 } from './bindings.ts';
import { mintCodes, redemption } from './codes.ts';
import { type Call, percentile, send } from './load.ts';
import { migrate } from './operations.ts';
import { createUser, registerPublic } from './records.ts';
import { type Built, serve } from './worker.ts';

/** Milliseconds, medians; `over` is the difference to the empty Worker. */
export type ColdStart = { name: string; ours: number; empty: number; over: number };

const RUNS = 7;

/** The first document, and the first token response with an id_token: one request to each process, by turns. */
export async function coldStarts(postern: Built, empty: Built): Promise<ColdStart[]> {
  const stores = mkdtempSync(join(tmpdir(), 'postern-bench-stores-'));
  try {
    const codes = await prepareStores(postern, stores);
    const starts: [string, () => Call][] = [
      ['first document', () => ({ path: '/.well-known/jwks.json' })],
      ['first token response', () => ({ path: '/token', form: codes.pop() ?? {} })],
    ];
    const measured: ColdStart[] = [];
    for (const [name, nextCall] of starts) {
      const [ours, theirs]: [number[], number[]] = [[], []];
      for (let run = 0; run < RUNS; run++) {
        ours.push(await start(postern, stores, nextCall()));
        // The bindings of Postern, so that the same simulators start.
        theirs.push(await start({ ...empty, config: postern.config }, stores, nextCall()));
      }
      const [mine, other] = [percentile(ours, 0.5), percentile(theirs, 0.5)];
      measured.push({ name, ours: mine, empty: other, over: mine - other });
    }
    return measured;
  } finally {
    rmSync(stores, { recursive: true });
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
      count: 2 * RUNS,
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
