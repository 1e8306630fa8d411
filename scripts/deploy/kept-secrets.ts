/**
 * The kept secrets of a deployed server: a file per account and Worker, `.production/ACCOUNT/WORKER.vars`, since nobody
 * can read a secret at Cloudflare again. Its header names the server, and the databases that its first deployment
 * created.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseEnv } from 'node:util';
import { secretFingerprint } from '../../src/config/keys.ts';
import { stateFolder } from '../dev-vars.ts';
import { Failure } from '../failure.ts';
import { formatVars } from '../secrets.ts';
import type { Account } from './account.ts';
import type { Version } from './versions.ts';

export type Kept = {
  account: Account;
  worker: string;
  /** The file, as it is called in sentences. */
  path: string;
  values: Record<string, string>;
  /** Names of databases that this server created. */
  databases: string[];
};

/** @throws Failure where the file is that of another server, or does not say of which. */
export function readKept(account: Account, worker: string): Kept {
  const path = join('.production', account.id, `${worker}.vars`);
  const kept: Kept = { account, worker, path, values: {}, databases: [] };
  if (!existsSync(join(stateFolder(), path))) return kept;
  const text = readFileSync(join(stateFolder(), path), 'utf8');
  const [owner] = [headersOf(text, 'account')[0], headersOf(text, 'worker')[0]].every(Boolean)
    ? [`the Worker ${headersOf(text, 'worker')[0]} in the account ${headersOf(text, 'account')[0]}`]
    : ['a server that it does not name'];
  const expectedOwner = `the Worker ${worker} in the account ${account.id}`;
  if (owner !== expectedOwner) {
    throw new Failure(`${path} holds the secrets of ${owner}, and this is ${expectedOwner}: move that file away.`);
  }
  return { ...kept, values: parseEnv(text) as Record<string, string>, databases: headersOf(text, 'database') };
}

const headersOf = (text: string, name: string): string[] =>
  [...text.matchAll(new RegExp(`^# ${name}: (\\S+)$`, 'gm'))].map(([, value = '']) => value);

/** Writes the file at once, so that no interruption leaves half of it; only its owner can read it. */
export function writeKept({ account, worker, path, values, databases }: Kept): void {
  const file = join(stateFolder(), path);
  const header = [
    `# The secrets of a deployed server. Keep a copy where you keep secrets; keep this file out of version control.`,
    `# account: ${account.id}`,
    `# worker: ${worker}`,
    ...databases.map((database) => `# database: ${database}`),
  ];
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(`${file}.new`, `${header.join('\n')}\n${formatVars(values)}`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

const ROOT = /^ROOT_SECRET_\d+$/;

/** A name for root secrets that tells nothing of them. Undefined where there is none. */
export function fingerprintOf(values: Record<string, string>): string | undefined {
  const roots = Object.entries(values).filter(([name]) => ROOT.test(name));
  const parts = roots.map(([name, value]) => `${name.slice('ROOT_SECRET_'.length)}=${digest(value)}`);
  return parts.length > 0 ? parts.sort().join(' ') : undefined;
}

const digest = (value: string) =>
  createHash('sha256').update(`postern root secret ${value}`).digest('hex').slice(0, 12);

/** The message of a version, which says which root secrets it was uploaded with. */
export const messageOf = (fingerprint: string): string => `root secrets ${fingerprint}`;

/** The names of root secrets that are kept here and differ from those that a version's message names. */
function differingRootSecrets(message: string | undefined, values: Record<string, string>): string[] {
  const runs = new Map(
    [...(message ?? '').matchAll(/\b(\d+)=([0-9a-f]{12})\b/g)].map(([, slot, hash]) => [slot, hash]),
  );
  return Object.entries(values).flatMap(([name, value]) => {
    const hash = ROOT.test(name) ? runs.get(name.slice('ROOT_SECRET_'.length)) : undefined;
    return hash !== undefined && hash !== digest(value) ? [name] : [];
  });
}

/** The known secrets of a deployed server: from the messages of its versions, and fingerprints in DB. */
export type Ran = { versions: Pick<Version, 'message'>[]; fingerprints: ReadonlyMap<string, string> };

/** The names of signing keys and root secrets that are not those that the server ran with, as far as it is known. */
export function differingSecrets({ versions, fingerprints }: Ran, values: Record<string, string>): string[] {
  const recorded = Object.entries(values).flatMap(([name, value]) => {
    const ran = fingerprints.get(name);
    return ran !== undefined && ran !== secretFingerprint(name, value) ? [name] : [];
  });
  return [...new Set([...recorded, ...versions.flatMap(({ message }) => differingRootSecrets(message, values))])];
}
