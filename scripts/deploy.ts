/** `npm run deploy`: from nothing, or from whatever is there, to a server at Cloudflare that runs what stands here. */
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { type Account, currentVersion, type Version, whoami } from './deploy/cloudflare.ts';
import {
  type Configuration,
  checkIssuer,
  type Draft,
  readConfiguration,
  unchanged,
  withIssuer,
  withShards,
  write,
} from './deploy/configuration.ts';
import { type Deployment, STEPS } from './deploy/steps.ts';
import { ADDRESS_UNKNOWN, goodbye, HELP, needs, plan, report } from './deploy/words.ts';
import { Failure, orExplain } from './failure.ts';

export function main(parameters: string[]): Promise<number> {
  return orExplain(() => deploy(parameters));
}

async function deploy(parameters: string[]): Promise<number> {
  const options = parse(parameters);
  const issuer = options.issuer && checkIssuer(options.issuer);
  const asked = withShards(unchanged(await readConfiguration()), options.shards?.split(',') ?? []);
  console.log(needs(asked.configuration));
  if (options['dry-run']) {
    const known = issuer ?? asked.configuration.issuer;
    console.log(plan(known ? withIssuer(asked, known) : asked));
    return 0;
  }
  const account = await signIn(asked.configuration);
  report('Sign-in', account.name);
  const running = await currentVersion();
  const draft = await settleIssuer(asked, issuer, running);
  await confirm(draft);
  write(draft);
  report('Configuration', draft.says.join('; ') || 'as it is');
  const deployment: Deployment = { configuration: draft.configuration, email: options.email ?? account.email, running };
  for (const step of STEPS) report(step.name, await step.run(deployment));
  console.log(goodbye(deployment.configuration));
  return 0;
}

function parse(parameters: string[]) {
  try {
    const text = { type: 'string' } as const;
    const options = { issuer: text, email: text, shards: text, 'dry-run': { type: 'boolean' } } as const;
    return parseArgs({ args: parameters, options }).values;
  } catch (error) {
    throw new Failure(`${(error as Error).message}\n\n${HELP}`);
  }
}

/** @throws Failure where nobody is signed in, or to several accounts. */
async function signIn({ accountId }: Configuration): Promise<Account & { email: string | undefined }> {
  const user = await whoami();
  if (!user) {
    throw new Failure('You are not signed in to Cloudflare: run "npx wrangler login", or set CLOUDFLARE_API_TOKEN.');
  }
  const { accounts, email } = user;
  const account = accounts.length === 1 ? accounts[0] : accounts.find(({ id }) => id === accountId);
  if (!account) {
    const names = accounts.map(({ id, name }) => `${id} (${name})`).join(', ') || 'you have none';
    throw new Failure(`Say which account to deploy to, by CLOUDFLARE_ACCOUNT_ID: ${names}.`);
  }
  return { ...account, email };
}

/**
 * The issuer of a server that runs is kept, whatever copy of the project this is, unless another one is asked for.
 * @throws Failure where two are said, and neither by whoever deploys.
 */
async function settleIssuer(draft: Draft, asked: string | undefined, running: Version | undefined): Promise<Draft> {
  const written = draft.configuration.issuer;
  const runs = running?.vars.ISSUER?.startsWith('https:') ? running.vars.ISSUER : undefined;
  if (!asked && written && runs && written !== runs) {
    throw new Failure(
      `wrangler.toml says ISSUER = "${written}", the Worker runs as ${runs}: say which, with --issuer.`,
    );
  }
  const issuer = asked ?? written ?? runs ?? (await askIssuer());
  const settled = issuer ? withIssuer(draft, issuer) : draft;
  if (!asked || !runs || asked === runs) return settled;
  return { ...settled, says: [...settled.says, `whoever knows the server as ${runs} must learn the new address`] };
}

async function askIssuer(): Promise<string | undefined> {
  const answer = await ask(
    '\nThe address that people will see, such as https://id.example.com (Enter: the one at workers.dev): ',
  );
  return answer ? checkIssuer(answer) : undefined;
}

async function confirm({ configuration, says }: Draft): Promise<void> {
  const changes = says.map((said) => `  wrangler.toml: ${said}\n`).join('');
  const issuer = configuration.issuer ?? ADDRESS_UNKNOWN;
  await ask(`\n${changes}  The server will be at ${issuer}.\nEnter to go on, Ctrl+C to leave everything as it is: `);
}

/** What somebody at a terminal types. Elsewhere nobody is asked, and the answer is nothing. */
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
