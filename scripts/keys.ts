/**
 * `npm run keys -- list | add | promote | retire`: replacing signing keys, and with --root the root secret, without a
 * failed request. It changes .dev.vars, and prints what to type for production.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs, parseEnv } from 'node:util';
import { ConfigError, parseConfig } from '../src/config.ts';
import { devVarsFile, readDevVars } from './dev-vars.ts';
import { Failure, orExplain } from './failure.ts';
import { KEY_ALGORITHMS, type KeyAlgorithm, newRootSecret, newSigningKey } from './secrets.ts';

type Kind = {
  what: string;
  /** The secrets' names but for the slot, and the variable that names the slots in use. */
  prefix: string;
  inUse: 'SIGN_WITH' | 'SEAL_WITH';
  make: (alg: KeyAlgorithm) => string;
  /** Before the next step: what must have happened everywhere. */
  waitBeforePromoting: string;
  waitBeforeRetiring: string;
};

const SIGNING: Kind = {
  what: 'signing key',
  prefix: 'SIGNING_KEY_',
  inUse: 'SIGN_WITH',
  make: newSigningKey,
  waitBeforePromoting: 'Deploy it, then wait 10 minutes: whoever verifies tokens must have fetched the new JWKS.',
  waitBeforeRetiring: 'Wait until no token signed by it can live: one hour, the longest lifetime there is.',
};

const ROOT: Kind = {
  what: 'root secret',
  prefix: 'ROOT_SECRET_',
  inUse: 'SEAL_WITH',
  make: newRootSecret,
  waitBeforePromoting: 'Deploy it, then wait a minute: every place must be able to read what the new one seals.',
  waitBeforeRetiring:
    'Wait until nothing made with it can live: refresh tokens live as long as grant_days says (180 days by default).',
};

const VERBS = { list, add, promote, retire, fresh };

export function main(parameters: string[]): Promise<number> {
  return orExplain(async () => {
    const { positionals, values } = parse(parameters);
    const [verb = '', slot] = positionals;
    const run = VERBS[verb as keyof typeof VERBS];
    if (!run) throw new Failure(HELP);
    if (run !== fresh) readDevVars('http://localhost');
    const alg = (values.alg ?? 'ES256') as KeyAlgorithm;
    if (!KEY_ALGORITHMS.includes(alg)) throw new Failure(`--alg must be one of: ${KEY_ALGORITHMS.join(', ')}.`);
    console.log(run(values.root ? ROOT : SIGNING, slot, alg));
    return 0;
  });
}

function parse(parameters: string[]) {
  try {
    const options = { root: { type: 'boolean' }, alg: { type: 'string' } } as const;
    return parseArgs({ args: parameters, options, allowPositionals: true });
  } catch (error) {
    throw new Failure(`${(error as Error).message}\n\n${HELP}`);
  }
}

const HELP = `npm run keys -- …

  list              every slot, and which are in use
  add               a new key in the next slot, shown in the JWKS but not in use (--alg ES256, RS256, EdDSA)
  promote <slot>    from now on this one signs; the one before it still verifies
  retire <slot>     away with one that is not in use

  fresh             prints a new one and writes nothing: for "wrangler secret put"

  --root            the same for the root secret, which seals codes, refresh tokens and forms`;

const read = () => parseEnv(readFileSync(devVarsFile(), 'utf8')) as Record<string, string>;

function slotsOf(kind: Kind): string[] {
  const names = Object.keys(read()).filter((name) => name.startsWith(kind.prefix));
  return names.map((name) => name.slice(kind.prefix.length)).sort((a, b) => Number(a) - Number(b));
}

const slotsInUse = (kind: Kind): string[] => (read()[kind.inUse] ?? '').split(',');

/** What is told of a slot: never the key. */
function describe(kind: Kind, slot: string): string {
  if (kind === ROOT) return '';
  const { alg, kid } = JSON.parse(read()[kind.prefix + slot] ?? '{}') as { alg: string; kid: string };
  return `  ${alg}  ${kid}`;
}

function list(kind: Kind): string {
  const inUse = slotsInUse(kind);
  return slotsOf(kind)
    .map((slot) => `${kind.prefix}${slot}${describe(kind, slot)}  ${inUse.includes(slot) ? 'in use' : 'accepted'}`)
    .join('\n');
}

function add(kind: Kind, _: string | undefined, alg: KeyAlgorithm): string {
  const slot = String(Math.max(0, ...slotsOf(kind).map(Number)) + 1);
  write({ [kind.prefix + slot]: kind.make(alg) });
  return `${kind.prefix}${slot} was added to .dev.vars: it is accepted, and not in use yet. Restart the server.

In production, with a key of its own:
  npm run --silent keys -- ${kind === ROOT ? 'fresh --root' : `fresh --alg ${alg}`} | npx wrangler secret put ${kind.prefix}${slot}
${kind.waitBeforePromoting} Then: npm run keys -- promote ${slot}${kind === ROOT ? ' --root' : ''}`;
}

/** For a pipe: nothing but the value. */
function fresh(kind: Kind, _: string | undefined, alg: KeyAlgorithm): string {
  return kind.make(alg);
}

function promote(kind: Kind, slot = ''): string {
  checkSlot(kind, slot);
  const before = slotsInUse(kind);
  const after = kind === ROOT ? [slot] : [slot, ...before.filter((other) => algOf(other) !== algOf(slot))];
  // The default algorithm stays the default.
  const ordered = kind === ROOT ? after : after.sort((a, b) => rank(before, a) - rank(before, b));
  write({ [kind.inUse]: ordered.join(',') });
  const replaced = before.filter((other) => !after.includes(other));
  return `${kind.inUse} is now ${ordered.join(',')} in .dev.vars. Restart the server.

In production: set ${kind.inUse} = "${ordered.join(',')}" under [vars] in wrangler.toml, and
  npx wrangler deploy
${replaced.length > 0 ? `${kind.waitBeforeRetiring} Then: npm run keys -- retire ${replaced.join(', ')}${kind === ROOT ? ' --root' : ''}` : ''}`;
}

/** Where the key of this algorithm stood before. */
function rank(before: string[], slot: string): number {
  const at = before.findIndex((other) => algOf(other) === algOf(slot));
  return at < 0 ? before.length : at;
}

const algOf = (slot: string): string => JSON.parse(read()[SIGNING.prefix + slot] ?? '{}').alg;

function retire(kind: Kind, slot = ''): string {
  checkSlot(kind, slot);
  if (slotsInUse(kind).includes(slot)) {
    throw new Failure(`${kind.prefix}${slot} is in use: promote another ${kind.what} first.`);
  }
  write({ [kind.prefix + slot]: undefined });
  return `${kind.prefix}${slot} is gone from .dev.vars: what was made with it is no longer accepted. Restart the server.

In production:
  npx wrangler secret delete ${kind.prefix}${slot}`;
}

function checkSlot(kind: Kind, slot: string): void {
  if (!slotsOf(kind).includes(slot)) {
    throw new Failure(
      `There is no ${kind.prefix}${slot}. There are: ${slotsOf(kind)
        .map((s) => kind.prefix + s)
        .join(', ')}.`,
    );
  }
}

/** Changes lines of .dev.vars; what stands there besides, comments among it, stays. Nothing is written that cannot run. */
function write(changes: Record<string, string | undefined>): void {
  const lines = readFileSync(devVarsFile(), 'utf8').split('\n');
  const kept = lines.filter((line) => !Object.keys(changes).some((name) => line.startsWith(`${name}=`)));
  while (kept.at(-1) === '') kept.pop();
  const added = Object.entries(changes).flatMap(([name, value]) => (value === undefined ? [] : [`${name}='${value}'`]));
  const text = `${[...kept, ...added].join('\n')}\n`;
  try {
    parseConfig({ ...parseEnv(text), ISSUER: 'http://localhost' });
  } catch (error) {
    if (error instanceof ConfigError) throw new Failure(`That would not run: ${error.message}`);
    throw error;
  }
  writeFileSync(devVarsFile(), text, { mode: 0o600 });
}
