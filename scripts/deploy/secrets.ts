/** The secrets of the deployed server: which are missing, and where those that were made are kept. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import * as z from 'zod';
import { stateFolder } from '../dev-vars.ts';
import { Failure } from '../failure.ts';
import { formatVars, newSecrets } from '../secrets.ts';
import type { Version } from './cloudflare.ts';
import type { Configuration } from './configuration.ts';

/** Every secret made for production stands here, too: at Cloudflare nobody can read them again. */
export const KEPT = '.production.vars';
const keptFile = () => join(stateFolder(), KEPT);

export const kept = (): Record<string, string> =>
  existsSync(keptFile()) ? (parseEnv(readFileSync(keptFile(), 'utf8')) as Record<string, string>) : {};

const ADMINISTRATOR = ['ADMIN_EMAIL', 'ADMIN_PASSWORD'];

/** What the configuration needs to run, by name. */
export const neededSecrets = ({ signWith, sealWith }: Configuration): string[] => [
  `ROOT_SECRET_${sealWith}`,
  ...signWith.map((slot) => `SIGNING_KEY_${slot}`),
];

/**
 * The names that are missing. The first administrator's are asked for only where the server is new: whoever removed
 * them after the first sign-in did well.
 * @throws Failure where this wrangler.toml is not that of the server that runs.
 */
export function missingSecrets(configuration: Configuration, there: string[], running: Version | undefined): string[] {
  const isNew = !there.some((name) => name.startsWith('ROOT_SECRET_'));
  const missing = neededSecrets(configuration).filter((name) => !there.includes(name));
  const stated = { SIGN_WITH: configuration.signWith.join(','), SEAL_WITH: configuration.sealWith };
  for (const [name, value] of Object.entries(stated)) {
    const runs = running?.vars[name];
    // A key that nobody has seen yet would sign from one moment to the next.
    if (missing.length > 0 && runs !== undefined && runs !== value) {
      throw new Failure(
        `wrangler.toml says ${name} = "${value}", the Worker runs with "${runs}", and ${missing.join(', ')} is not among its secrets: correct wrangler.toml, or add the key first (npm run keys).`,
      );
    }
  }
  return isNew ? [...missing, ...ADMINISTRATOR.filter((name) => !there.includes(name))] : missing;
}

/**
 * Values for these: those kept from a run that did not end, and new ones, which are kept before anything else happens.
 * @throws Failure where one cannot be made here.
 */
export function makeSecrets(names: string[], email: string | undefined): Record<string, string> {
  const known = kept();
  if (names.includes('ADMIN_EMAIL') && !known.ADMIN_EMAIL) checkEmail(email);
  const values: Record<string, string> = { ...newSecrets(email ?? ''), ...known };
  const unknown = names.find((name) => !values[name]);
  if (unknown) throw new Failure(`${unknown} is not among the Worker's secrets: put it there first (npm run keys).`);
  const chosen = Object.fromEntries(names.map((name) => [name, values[name] ?? '']));
  keep(Object.fromEntries(Object.entries(chosen).filter(([name]) => !known[name])));
  return chosen;
}

function checkEmail(email: string | undefined): void {
  if (z.email().safeParse(email).success) return;
  throw new Failure('Say who administers the server: npm run deploy -- --email you@example.com');
}

function keep(values: Record<string, string>): void {
  if (Object.keys(values).length === 0) return;
  const text = existsSync(keptFile())
    ? `${readFileSync(keptFile(), 'utf8').trimEnd()}\n`
    : '# The secrets of the deployed server. Keep a copy where you keep secrets; keep this file out of version control.\n';
  writeFileSync(keptFile(), text + formatVars(values), { mode: 0o600 });
}
