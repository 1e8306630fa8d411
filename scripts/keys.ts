/**
 * `npm run keys -- list | add | promote | retire`: replacing signing keys, and with --root the root secret, without a
 * failed request (ARCHITECTURE §3). It changes .dev.vars, and prints what to type for production.
 */
import { existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { HOUR, METADATA_MAX_AGE, MINUTE } from '../src/protocol/lifetimes.ts';
import { connectToServer } from './admin/connect.ts';
import { changeDevVars, readDevVars, valuesOfDevVars } from './dev-vars.ts';
import { Failure, orExplain } from './failure.ts';
import { KEY_ALGORITHMS, type KeyAlgorithm, newRootSecret, newSigningKey } from './secrets.ts';

type Kind = {
  what: string;
  /** The secrets' names but for the slot, and the variable that names the slots in use. */
  prefix: 'SIGNING_KEY_' | 'ROOT_SECRET_';
  inUse: 'SIGN_WITH' | 'SEAL_WITH';
  make: (alg: KeyAlgorithm) => string;
  /** The use of a slot that signs or seals, and of every other one. */
  does: [inUse: string, otherwise: string];
  /** The reason and duration of the wait before the next step. */
  waitBeforePromoting: string;
  waitBeforeRetiring: string;
  /** The option that selects this kind. */
  option: '' | ' --root';
};

const SIGNING: Kind = {
  what: 'signing key',
  prefix: 'SIGNING_KEY_',
  inUse: 'SIGN_WITH',
  make: newSigningKey,
  does: ['signs', 'verifies only'],
  waitBeforePromoting: `Wait ${(METADATA_MAX_AGE + 5 * MINUTE) / MINUTE} minutes: resource servers and clients cache the JWKS for up to ${METADATA_MAX_AGE / MINUTE}, and need the new key.`,
  waitBeforeRetiring: `Wait an hour (${HOUR / MINUTE} minutes), or as long as the token_minutes of a resource where they are more: nothing signed by the one before may be left.`,
  option: '',
};

const ROOT: Kind = {
  what: 'root secret',
  prefix: 'ROOT_SECRET_',
  inUse: 'SEAL_WITH',
  make: newRootSecret,
  does: ['seals', 'opens only'],
  waitBeforePromoting: 'Wait a minute: every place must be able to open what the new one seals.',
  waitBeforeRetiring: `Wait as long as the setting refresh_idle_days says (30 days by default; 7 at least, for links that invite):
each refresh gives a refresh token made with the new one, and those never refreshed have ended by then.`,
  option: ' --root',
};

type KeyRequest = { kind: Kind; slot: string; alg: KeyAlgorithm; asDefault: boolean };

const VERBS: Record<string, { takesSlot: boolean; run: (request: KeyRequest) => string | Promise<string> }> = {
  list: { takesSlot: false, run: list },
  add: { takesSlot: false, run: add },
  promote: { takesSlot: true, run: promote },
  retire: { takesSlot: true, run: retire },
  fresh: { takesSlot: false, run: fresh },
};

const HELP = `npm run keys -- …

  list              every slot, and what it does
  add               a new key in the next slot: in the JWKS, and not in use (--alg ES256, RS256 or EdDSA)
  promote <slot>    from now on this one signs; the one of its algorithm before it still verifies
                    (--default: access tokens are signed with its algorithm)
  retire <slot>     away with one that is not in use

  fresh             prints a new one and writes nothing: for a pipe to "npm run secrets -- put"

  --root            the same for the root secret, which seals codes, refresh tokens and forms`;

export function main(parameters: string[]): Promise<number> {
  return orExplain(async () => {
    const { positionals, values } = parse(parameters);
    const [name = '', slot = '', ...more] = positionals;
    const verb = Object.hasOwn(VERBS, name) ? VERBS[name] : undefined;
    if (!verb || more.length > 0 || verb.takesSlot !== (slot !== '')) throw new Failure(HELP);
    if (verb.run !== fresh) readDevVars('http://localhost');
    const alg = KEY_ALGORITHMS.find((known) => known === (values.alg ?? 'ES256'));
    if (!alg) throw new Failure(`--alg must be one of: ${KEY_ALGORITHMS.join(', ')}.`);
    const kind = values.root ? ROOT : SIGNING;
    if (verb.takesSlot) checkSlot(kind, slot);
    console.log(await verb.run({ kind, slot, alg, asDefault: values.default ?? false }));
    return 0;
  });
}

function parse(parameters: string[]) {
  try {
    const options = { root: { type: 'boolean' }, alg: { type: 'string' }, default: { type: 'boolean' } } as const;
    return parseArgs({ args: parameters, options, allowPositionals: true });
  } catch (error) {
    throw new Failure(`${(error as Error).message}\n\n${HELP}`);
  }
}

function slotsOf(kind: Kind): string[] {
  const found = Object.keys(valuesOfDevVars()).flatMap((name) => {
    const slot = name.startsWith(kind.prefix) ? name.slice(kind.prefix.length) : '';
    return /^\d+$/.test(slot) ? [slot] : [];
  });
  return found.sort((a, b) => Number(a) - Number(b));
}

const slotsInUse = (kind: Kind): string[] => (valuesOfDevVars()[kind.inUse] ?? '').split(',');

function checkSlot(kind: Kind, slot: string): void {
  const names = slotsOf(kind).map((one) => kind.prefix + one);
  if (!names.includes(kind.prefix + slot)) {
    throw new Failure(`There is no ${kind.prefix}${slot}. There are: ${names.join(', ')}.`);
  }
}

/** The public part of a signing key. */
function publicPartOf(slot: string): { alg: string; kid: string } {
  const { alg, kid } = JSON.parse(valuesOfDevVars()[SIGNING.prefix + slot] ?? '{}');
  return { alg, kid };
}

const algOf = (slot: string): string => publicPartOf(slot).alg;

function list({ kind }: KeyRequest): string {
  const inUse = slotsInUse(kind);
  const rows = slotsOf(kind).map((slot) => {
    const does = kind.does[inUse.includes(slot) ? 0 : 1];
    if (kind === ROOT) return `${kind.prefix}${slot}  ${does}`;
    const { alg, kid } = publicPartOf(slot);
    return `${kind.prefix}${slot}  ${alg.padEnd(5)}  ${kid}  ${does}${slot === inUse[0] ? ', the default' : ''}`;
  });
  return rows.join('\n');
}

/** For a pipe: nothing but the value. */
function fresh({ kind, alg }: KeyRequest): string {
  return kind.make(alg);
}

function add({ kind, alg }: KeyRequest): string {
  const slot = String(Math.max(0, ...slotsOf(kind).map(Number)) + 1);
  const name = kind.prefix + slot;
  changeDevVars({ [name]: kind.make(alg) });
  return `${name} stands in .dev.vars: it ${kind.does[1]}, until it is promoted. Restart the server.

In production, with one of its own, which is kept in .production, too:
  npm run --silent keys -- fresh${kind === ROOT ? ' --root' : ` --alg ${alg}`} | npm run secrets -- put ${name}

${kind.waitBeforePromoting} Then:
  npm run keys -- promote ${slot}${kind.option}`;
}

function promote({ kind, slot, asDefault }: KeyRequest): string {
  const before = slotsInUse(kind);
  const after = kind === ROOT ? [slot] : signersWith(slot, before, asDefault);
  const value = after.join(',');
  changeDevVars({ [kind.inUse]: value });
  const replaced = before.filter((other) => !after.includes(other));
  const next = replaced.map(
    (old) => `\n\n${kind.waitBeforeRetiring} Then:\n  npm run keys -- retire ${old}${kind.option}`,
  );
  return `${kind.inUse} is ${value} in .dev.vars. Restart the server.
${warning(kind, before.join(','))}
In production, write this under [vars] in wrangler.toml, and deploy (which checks that the key is there):
  ${kind.inUse} = "${value}"
  npm run deploy${next.join('')}`;
}

/** The warning where wrangler.toml has other slots than the local server. */
function warning(kind: Kind, before: string): string {
  const line = new RegExp(`^${kind.inUse} = "(.*)"$`, 'm');
  const production = existsSync('wrangler.toml') ? line.exec(readFileSync('wrangler.toml', 'utf8'))?.[1] : undefined;
  if (production === undefined || production === before) return '';
  return `
wrangler.toml says ${kind.inUse} = "${production}", and .dev.vars said "${before}": production may have other slots than
this machine. Look at them (npx wrangler secret list) before you go on.
`;
}

/** One for each algorithm: this one in the place of the one before it, or last; first where it is to be the default. */
function signersWith(slot: string, before: string[], asDefault: boolean): string[] {
  const alg = algOf(slot);
  if (asDefault) return [slot, ...before.filter((other) => algOf(other) !== alg)];
  const replaced = before.map((other) => (algOf(other) === alg ? slot : other));
  return replaced.includes(slot) ? replaced : [...replaced, slot];
}

async function retire({ kind, slot }: KeyRequest): Promise<string> {
  const name = kind.prefix + slot;
  const inUse = slotsInUse(kind);
  if (inUse.includes(slot)) {
    const without = inUse.filter((other) => other !== slot).join(',');
    const orStop =
      kind === SIGNING && without ? ` (or, to sign with ${algOf(slot)} no more, set ${kind.inUse}='${without}')` : '';
    throw new Failure(`${name} ${kind.does[0]}: promote another ${kind.what} first${orStop}.`);
  }
  const resealed = kind === ROOT ? await sealAgain(name, inUse[0] ?? '') : '';
  changeDevVars({ [name]: undefined });
  const there = kind === ROOT ? '\n  npm run admin -- connected-apps reseal --url https://…' : '';
  return `${resealed}${name} is gone from .dev.vars: what was made with it is not accepted any more. Restart the server.

In production, after the wait that "promote" printed:${there}
  npx wrangler secret delete ${name}`;
}

type Sealing = { sealed_with: string; resealed: number; unreadable: number };

/** Stored secrets and tokens of others outlive every wait: the server seals them again before the old one goes. */
async function sealAgain(name: string, inUse: string): Promise<string> {
  const stays = `${name} stays, because stored secrets and tokens may be sealed with it`;
  const { sealed_with, resealed, unreadable } = await askToSeal().catch((error) => {
    throw error instanceof Failure ? new Failure(`${stays}. ${error.message}`) : error;
  });
  if (sealed_with !== inUse)
    throw new Failure(`${stays}: the server still seals with ROOT_SECRET_${sealed_with}. Restart it first.`);
  const lost = unreadable > 0 ? ` ${unreadable} cannot be read with any root secret.` : '';
  return `${resealed} stored secrets and tokens were sealed again.${lost}\n`;
}

async function askToSeal(): Promise<Sealing> {
  const { api } = await connectToServer(undefined);
  return api<Sealing>('POST', '/sealing');
}
