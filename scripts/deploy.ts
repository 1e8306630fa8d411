/** `npm run deploy`: creates or updates the server at Cloudflare from this folder. */
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import type { Account } from './deploy/account.ts';
import { compare, type Difference, isPostern } from './deploy/compare.ts';
import { checkIssuer, readConfiguration } from './deploy/configuration.ts';
import { listDatabases } from './deploy/databases.ts';
import { type Draft, unchanged, withIssuer, withSealWith, withShards, write } from './deploy/draft.ts';
import { differingSecrets, type Kept, readKept } from './deploy/kept-secrets.ts';
import { ADDRESS_UNKNOWN, differences, goodbye, HELP, needs, plan, report } from './deploy/messages.ts';
import { signIn } from './deploy/sign-in.ts';
import { DEPLOYMENT_STEPS, type Deployment } from './deploy/steps.ts';
import { readTriggers, workersDevHost } from './deploy/triggers.ts';
import { currentVersions, type Version } from './deploy/versions.ts';
import { selectEnvironment } from './deploy/wrangler-command.ts';
import { Failure, orExplain } from './failure.ts';

export function main(parameters: string[]): Promise<number> {
  return orExplain(() => deploy(parameters));
}

type Options = ReturnType<typeof parse>;

async function deploy(parameters: string[]): Promise<number> {
  const options = parse(parameters);
  const issuer = options.issuer && checkIssuer(options.issuer);
  const environment = options.env ?? process.env.CLOUDFLARE_ENV;
  selectEnvironment(environment);
  const asked = withShards(unchanged(await readConfiguration(environment)), options.shards?.split(',') ?? []);
  console.log(needs(asked.configuration));
  if (options['dry-run']) {
    console.log(await planOf(asked, { ...options, issuer }));
    return 0;
  }
  const account = await signIn(asked.configuration);
  report('Sign-in', account.name);
  const found = await look(asked, account, { ...options, issuer });
  const { draft, difference, versions, kept } = found;
  if (difference.losses.length > 0 && !options.overwrite) {
    throw new Failure(`${differences(difference)}\nNothing was changed. If that is meant, deploy with --overwrite.`);
  }
  await confirm(draft, difference);
  write(draft);
  report('Configuration', draft.says.join('; ') || 'as it is');
  const deployment: Deployment = {
    configuration: draft.configuration,
    email: options.email ?? (kept.values.ADMIN_EMAIL ? undefined : account.email),
    versions,
    kept,
    adoptDatabases: options['adopt-databases'] ?? false,
    newRootSecret: options['new-root-secret'] ?? false,
    hasRun: versions.some(isPostern),
    fingerprints: new Map(),
    secrets: {},
  };
  for (const step of DEPLOYMENT_STEPS) report(step.name, await step.run(deployment));
  for (const name of differingSecrets(deployment, kept.values)) {
    console.log(`\n${name} in ${kept.path} is not the one that runs: that copy cannot restore this server.`);
  }
  console.log(goodbye(deployment));
  return 0;
}

function parse(parameters: string[]) {
  try {
    const text = { type: 'string' } as const;
    const flag = { type: 'boolean' } as const;
    const options = {
      issuer: text,
      email: text,
      shards: text,
      env: text,
      overwrite: flag,
      'adopt-databases': flag,
      'new-root-secret': flag,
      'dry-run': flag,
    } as const;
    return parseArgs({ args: parameters, options }).values;
  } catch (error) {
    throw new Failure(`${(error as Error).message}\n\n${HELP}`);
  }
}

/** The state before a deployment, and the version that it would upload. */
type Found = {
  draft: Draft;
  versions: Version[];
  difference: Difference;
  kept: Kept;
};

/** Reads the deployed version and compares it with the new one. Changes nothing. */
async function look(asked: Draft, account: Account, options: Options): Promise<Found> {
  const { name } = asked.configuration;
  const kept = readKept(account, name);
  const versions = await currentVersions();
  const settled = await settleIssuer(asked, options, versions, account);
  const draft = options['new-root-secret'] ? withNextRootSecret(settled, versions, kept) : settled;
  const permitted = { issuer: options.issuer !== undefined, sealWith: options['new-root-secret'] ?? false };
  const running = versions.length > 0 ? await readRunning(versions, account, name) : undefined;
  return {
    draft,
    versions,
    difference: running ? compare(running, draft.configuration, permitted) : { losses: [], changes: [] },
    kept,
  };
}

async function readRunning(versions: Version[], account: Account, name: string) {
  const triggers = await readTriggers(account.id, name).catch((error) => {
    if (error instanceof Failure) return { unread: error.message };
    throw error;
  });
  return { versions, triggers, databases: await listDatabases() };
}

/** The next slot for a root secret, in the place of one that is lost. @throws Failure where it is not. */
function withNextRootSecret(draft: Draft, versions: Version[], { values }: Kept): Draft {
  const { sealWith } = draft.configuration;
  const names = [...versions.flatMap(({ secrets }) => secrets), ...Object.keys(values)];
  if (names.includes(`ROOT_SECRET_${sealWith}`)) {
    throw new Failure(`ROOT_SECRET_${sealWith} is not lost: "npm run keys -- add --root" begins to replace it.`);
  }
  const slots = names.flatMap((name) => /^ROOT_SECRET_(\d+)$/.exec(name)?.[1] ?? []);
  return withSealWith(draft, String(Math.max(Number(sealWith), ...slots.map(Number)) + 1));
}

/** The plan of --dry-run, with what would be removed or go back, where the account can be asked. */
async function planOf(asked: Draft, options: Options): Promise<string> {
  try {
    const { draft, difference } = await look(asked, await signIn(asked.configuration), options);
    const lines = differences(difference) || 'Nothing that runs would be removed or go back.\n';
    return plan(draft, `The account was asked, nothing was changed. ${lines}`);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const known = options.issuer ?? asked.configuration.issuer;
    const draft = known ? withIssuer(asked, known) : asked;
    return plan(draft, `What runs could not be compared: ${error.message}\n`);
  }
}

/**
 * The issuer of a server that runs is kept, whichever copy of the project this is, unless another one is asked for.
 * @throws Failure where two are found, and no option says which.
 */
async function settleIssuer(
  draft: Draft,
  { issuer: asked, 'dry-run': isDry }: Options,
  versions: Version[],
  account: Account,
): Promise<Draft> {
  const written = draft.configuration.issuer;
  const issuers = [...new Set(versions.map(({ vars }) => vars.ISSUER ?? ''))].filter((each) =>
    each.startsWith('https:'),
  );
  const [runs, other] = issuers;
  if (!asked && other)
    throw new Failure(
      `The versions that share the requests run as ${issuers.join(' and ')}: say which, with --issuer.`,
    );
  if (!asked && written && runs && written !== runs) {
    throw new Failure(
      `wrangler.toml says ISSUER = "${written}", the Worker runs as ${runs}: say which, with --issuer.`,
    );
  }
  const issuer =
    asked ?? written ?? runs ?? ((isDry ? undefined : await askIssuer()) || (await issuerAtWorkersDev(draft, account)));
  const settled = withIssuer(draft, issuer);
  if (!asked || !runs || asked === runs) return settled;
  return { ...settled, says: [...settled.says, `clients that know the server as ${runs} must learn the new address`] };
}

/** @throws Failure where the account has none. */
async function issuerAtWorkersDev({ configuration }: Draft, { id }: Account): Promise<string> {
  try {
    return `https://${await workersDevHost(id, configuration.name)}`;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new Failure(
      `The Worker's address at workers.dev is not known (${error.message}): say the issuer, as in --issuer https://id.example.com.`,
    );
  }
}

async function askIssuer(): Promise<string | undefined> {
  const answer = await ask(
    '\nThe address that users will see, such as https://id.example.com (Enter: the one at workers.dev): ',
  );
  return answer ? checkIssuer(answer) : undefined;
}

async function confirm({ configuration, says }: Draft, difference: Difference): Promise<void> {
  const changes = differences(difference) + says.map((each) => `  wrangler.toml: ${each}\n`).join('');
  const issuer = configuration.issuer ?? ADDRESS_UNKNOWN;
  await ask(`\n${changes}  The server will be at ${issuer}.\nEnter to go on, Ctrl+C to leave everything as it is: `);
}

/** Asks a question at a terminal; the empty answer without one. */
async function ask(question: string): Promise<string> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return '';
  process.stdout.write(question);
  process.stdin.resume();
  const ended = once(process.stdin, 'end').then(() => {
    throw new Failure('\nNothing was changed.');
  });
  const [line] = await Promise.race([once(process.stdin, 'data'), ended]);
  process.stdin.pause();
  return String(line).trim();
}
