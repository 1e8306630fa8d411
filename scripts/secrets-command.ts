/** `npm run secrets -- put NAME`: puts one secret of the deployed server, from standard input, once it is known to be usable. */
import { createPrivateKey } from 'node:crypto';
import { parseArgs } from 'node:util';
import { ConfigError } from '../src/config/config-error.ts';
import { parseConfig, SECRETS } from '../src/config.ts';
import { readConfiguration } from './deploy/configuration.ts';
import { listFingerprints } from './deploy/databases.ts';
import { differingSecrets, readKept, writeKept } from './deploy/kept-secrets.ts';
import { signIn } from './deploy/sign-in.ts';
import { currentVersions, putSecret } from './deploy/versions.ts';
import { selectEnvironment } from './deploy/wrangler-command.ts';
import { Failure, orExplain } from './failure.ts';
import { newSecrets } from './secrets.ts';

const HELP = `npm run secrets -- put NAME [--env staging] [--replace]

  Reads the value from standard input, refuses one that the server could not use, and keeps a copy in .production.
  NAME is one of ${SECRETS.join(', ')}.

  --replace   where the server has a secret of this name already: what depends on it becomes invalid`;

export function main(parameters: string[]): Promise<number> {
  return orExplain(() => run(parameters));
}

async function run(parameters: string[]): Promise<number> {
  const { verb, name, env, replace } = parse(parameters);
  if (verb !== 'put' || !name) throw new Failure(HELP);
  const value = (await readInput()).trim();
  checkValue(name, value);
  const environment = env ?? process.env.CLOUDFLARE_ENV;
  selectEnvironment(environment);
  const configuration = await readConfiguration(environment);
  const kept = readKept(await signIn(configuration), configuration.name);
  await checkPlace(name, value, replace);
  writeKept({ ...kept, values: { ...kept.values, [name]: value } });
  await putSecret(name, value);
  console.log(`${name} is put, and kept in ${kept.path}: keep a copy of that file.`);
  return 0;
}

function parse(parameters: string[]) {
  try {
    const options = { env: { type: 'string' }, replace: { type: 'boolean', default: false } } as const;
    const { positionals, values } = parseArgs({ args: parameters, options, allowPositionals: true });
    const [verb, name, ...more] = positionals;
    return { verb: more.length === 0 ? verb : undefined, name, ...values };
  } catch (error) {
    throw new Failure(`${(error as Error).message}\n\n${HELP}`);
  }
}

async function readInput(): Promise<string> {
  const chunks: string[] = [];
  for await (const chunk of process.stdin.setEncoding('utf8')) chunks.push(chunk);
  return chunks.join('');
}

const SECRET_NAME = /^(ROOT_SECRET_\d+|SIGNING_KEY_\d+|ADMIN_EMAIL|ADMIN_PASSWORD|SOCIAL_LOGIN_[A-Z][A-Z0-9_]*)$/;

/** @throws ConfigError for a JWK that has the right members, and is no key. */
function checkKey(name: string, value: string): void {
  try {
    createPrivateKey({ key: JSON.parse(value), format: 'jwk' });
  } catch {
    throw new ConfigError(`${name} must be a private JWK: it is no key.`);
  }
}

/** Parses a whole configuration in which only this value is not known to be usable. @throws Failure without the value. */
function checkValue(name: string, value: string): void {
  const slot = /^(?:ROOT_SECRET|SIGNING_KEY)_(\d+)$/.exec(name)?.[1];
  const inUse: Record<string, string> = { SIGN_WITH: '1', SEAL_WITH: '1' };
  if (slot) inUse[name.startsWith('ROOT_') ? 'SEAL_WITH' : 'SIGN_WITH'] = slot;
  if (!SECRET_NAME.test(name)) throw new Failure(`Nothing was put: ${name} is not the name of a secret.\n\n${HELP}`);
  try {
    const values = { ...newSecrets('admin@example.com'), ISSUER: 'https://issuer.example', ...inUse, [name]: value };
    const [wrong] = parseConfig(values).unusable;
    if (wrong) throw new ConfigError(wrong.reason);
    if (name.startsWith('SIGNING_KEY_')) checkKey(name, value);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new Failure(`Nothing was put: ${error.message}`);
  }
}

/** @throws Failure where a secret in use would be replaced, or it is not the one that the server ran with. */
async function checkPlace(name: string, value: string, replace: boolean): Promise<void> {
  const versions = await currentVersions();
  if (versions.length === 0) throw new Failure('There is no Worker yet: "npm run deploy" makes it, with its secrets.');
  const isKey = /^(ROOT_SECRET|SIGNING_KEY)_/.test(name);
  if (isKey && !replace && versions.some(({ secrets }) => secrets.includes(name))) {
    throw new Failure(
      `Nothing was put: the server has ${name}, and what was made with it becomes invalid. Use the next slot (npm run keys), or --replace.`,
    );
  }
  if (replace || !isKey) return;
  const fingerprints = await listFingerprints();
  if (differingSecrets({ versions, fingerprints }, { [name]: value }).length > 0) {
    throw new Failure(
      `Nothing was put: this is not the ${name} that the server ran with. --replace puts it all the same.`,
    );
  }
}
