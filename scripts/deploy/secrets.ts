/** The secrets that a deployment lacks, and their values: those kept from before, or new ones for a new server. */
import * as z from 'zod';
import { Failure } from '../failure.ts';
import { newRootSecret, newSecrets } from '../secrets.ts';
import type { Configuration } from './configuration.ts';
import { differingSecrets, type Kept } from './kept-secrets.ts';
import type { Version } from './versions.ts';

const ADMINISTRATOR = ['ADMIN_EMAIL', 'ADMIN_PASSWORD'];

/** The names of the secrets that the configuration needs. */
export const neededSecrets = ({ signWith, sealWith }: Configuration): string[] => [
  `ROOT_SECRET_${sealWith}`,
  ...signWith.map((slot) => `SIGNING_KEY_${slot}`),
];

/**
 * The names that are missing. The first administrator's are asked for only where the server is new: they may be removed
 * after the first sign-in.
 * @throws Failure where this wrangler.toml is not that of the server that runs.
 */
export function missingSecrets(configuration: Configuration, there: string[], versions: Version[]): string[] {
  const isNew = !there.some((name) => name.startsWith('ROOT_SECRET_'));
  const missing = neededSecrets(configuration).filter((name) => !there.includes(name));
  const key = missing.find((name) => name.startsWith('SIGNING_KEY_'));
  const stated = configuration.vars.SIGN_WITH;
  const runs = versions.map(({ vars }) => vars.SIGN_WITH).find((value) => value !== undefined && value !== stated);
  // A key that was in nobody's JWKS would sign from one moment to the next.
  if (key && runs !== undefined) {
    throw new Failure(
      `wrangler.toml says SIGN_WITH = "${stated}", the Worker runs with "${runs}", and ${key} is not among its secrets: correct wrangler.toml, or add the key first (npm run keys).`,
    );
  }
  return isNew ? [...missing, ...ADMINISTRATOR.filter((name) => !there.includes(name))] : missing;
}

type SecretRequest = {
  kept: Kept;
  email: string | undefined;
  /** True where the server has answered requests: then a lost secret must not be replaced. */
  hasRun: boolean;
  newRootSecret: boolean;
  versions: Version[];
  fingerprints: ReadonlyMap<string, string>;
};

/**
 * Values for these names: kept ones, and for a new server new ones.
 * @throws Failure where one is lost, which only its own value, or the next slot, can replace.
 */
export function valuesFor(
  names: string[],
  { kept, email, hasRun, newRootSecret: isNewSlot, versions, fingerprints }: SecretRequest,
): Record<string, string> {
  const known = { ...kept.values };
  if (email && names.includes('ADMIN_EMAIL')) known.ADMIN_EMAIL = email;
  if (names.includes('ADMIN_EMAIL') && !hasRun) checkEmail(known.ADMIN_EMAIL);
  const made: Record<string, string> = hasRun ? {} : newSecrets('');
  const values = names.map((name) => {
    const isNewRoot = isNewSlot && name.startsWith('ROOT_SECRET_');
    const value = known[name] || (isNewRoot ? newRootSecret() : made[name]);
    if (!value) throw new Failure(hasRun ? lost(name, kept.path) : missing(name));
    return [name, value] as const;
  });
  const wrong = differingSecrets({ versions, fingerprints }, Object.fromEntries(values));
  if (wrong.length > 0) {
    throw new Failure(
      `${wrong[0]} in ${kept.path} is not the one that this server ran with: put the right one back, or, to replace it all the same, "npm run secrets -- put ${wrong[0]} --replace".`,
    );
  }
  return Object.fromEntries(values);
}

const missing = (name: string) => `${name} is not among the Worker's secrets: put it there first (npm run keys).`;

function lost(name: string, path: string): string {
  const back = `${name} of a server that has run is neither among the Worker's secrets nor in ${path}: put it back with "npm run secrets -- put ${name}"`;
  return name.startsWith('ROOT_SECRET_')
    ? `${back}, or, if it is lost, deploy with --new-root-secret: a new one in the next slot, which ends every refresh token, and tokens of connected apps that it sealed cannot be read any more.`
    : `${back}, or a new key in the next slot (npm run keys).`;
}

function checkEmail(email: string | undefined): void {
  if (z.email().safeParse(email).success) return;
  throw new Failure('Say who administers the server: npm run deploy -- --email you@example.com');
}
