/** `npm run bench -- --peers`: other servers beside Postern, by turns in one run; prints and writes a table. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { load, merge, percentile, type Sample } from '../../bench/load.ts';
import { PEERS, type Peer } from '../../bench/peer.ts';
import { startBetterAuth, startOidcProvider } from '../../bench/peer-node.ts';
import { PEER_OPERATIONS, type PeerOperation } from '../../bench/peer-operations.ts';
import { startPostern } from '../../bench/peer-postern.ts';
import { startOpenauth, startWorkersOAuthProvider } from '../../bench/peer-workers.ts';
import { Failure } from '../failure.ts';

const PAGE = join('docs', 'explanation', 'performance-peers.md');

type Row = { peer: string; sample: Sample };
type Table = { operation: PeerOperation; rows: Row[] };

/** @param only part of an operation's name; all where it is missing. */
export async function benchPeers(seconds: number, turns: number, only = ''): Promise<number> {
  await installPeers();
  const peers = [
    await startPostern(false),
    await startPostern(true),
    await startWorkersOAuthProvider(),
    await startOpenauth(),
    await startOidcProvider(),
    await startBetterAuth(),
  ];
  try {
    const tables: Table[] = [];
    for (const operation of PEER_OPERATIONS.filter(({ name }) => name.includes(only))) {
      const table = { operation, rows: await compare(operation, peers, seconds, turns) };
      tables.push(table);
      console.log(`\n${markdownOf(table)}`);
    }
    if (only === '') writePage(tables, seconds, turns);
  } finally {
    await Promise.all(peers.map((peer) => peer.stop()));
  }
  return 0;
}

export async function installPeers(): Promise<void> {
  if (existsSync(join(PEERS, 'node_modules'))) return;
  console.log(`== The other servers (npm ci in ${PEERS})`);
  const child = spawn('npm', ['ci', '--ignore-scripts'], { cwd: PEERS, stdio: 'inherit' });
  const code = await new Promise((resolve) => child.on('close', resolve));
  if (code !== 0) throw new Failure('They could not be installed, so nothing was compared.');
}

/** By turns, so that other work of the machine meets all alike; the first turn warms up and is not counted. */
async function compare(operation: PeerOperation, peers: Peer[], seconds: number, turns: number): Promise<Row[]> {
  const samples = new Map<string, Sample[]>();
  for (let turn = 0; turn <= turns; turn++) {
    for (const peer of peers) {
      const callers = await operation.callers(peer, seconds);
      if (!callers) continue;
      const sample = await load(peer, callers, seconds);
      if (turn > 0) samples.set(peer.name, [...(samples.get(peer.name) ?? []), sample]);
    }
  }
  return [...samples].map(([peer, each]) => ({ peer, sample: merge(each) }));
}

function markdownOf({ operation, rows }: Table): string {
  const cpu = ({ cpuMs, requests }: Sample) => cpuMs / requests;
  const ours = rows.find(({ peer }) => peer.startsWith('Postern'))?.sample;
  const lines = rows.map(({ peer, sample }) => {
    const { requests, seconds, latencies } = sample;
    const ratio = ours === undefined ? '' : (cpu(sample) / cpu(ours)).toFixed(2);
    const rate = (requests / seconds).toFixed(0);
    return `| ${peer} | ${rate} | ${percentile(latencies, 0.5).toFixed(1)} | ${cpu(sample).toFixed(2)} | ${ratio} |`;
  });
  const notes = rows.flatMap(({ peer }) => {
    const note = operation.flattered[peer];
    return note ? [`- ${peer} is flattered: ${note}.`] : [];
  });
  return [
    `## ${operation.name[0]?.toUpperCase()}${operation.name.slice(1)}`,
    '',
    '| server | requests per second | p50 ms | CPU ms per request | CPU to Postern |',
    '| --- | ---: | ---: | ---: | ---: |',
    ...lines,
    ...(notes.length > 0 ? ['', ...notes] : []),
  ].join('\n');
}

function writePage(tables: Table[], seconds: number, turns: number): void {
  const lead = [
    '# Postern beside other servers',
    '',
    'Written by `npm run bench -- --peers`: the same calls to each server, by turns in one run, 8 callers at once.',
    `Each turn took ${seconds} s, and ${turns} turns of each server are counted. Absolute numbers are those of one shared machine`,
    'with two cores; only the ratios of one run say something. Workers run in workerd, behind local D1 and KV; oidc-provider and',
    'better-auth run on Node, each as its documentation sets it up (`bench/peers`). CPU is that of all processes of a server.',
  ];
  mkdirSync(join('docs', 'explanation'), { recursive: true });
  writeFileSync(PAGE, `${[lead.join('\n'), ...tables.map(markdownOf)].join('\n\n')}\n`);
  console.log(`\nWritten: ${PAGE}`);
}
