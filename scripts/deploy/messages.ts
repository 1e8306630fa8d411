/** The messages of `npm run deploy`: before it acts, of --dry-run, and at the end. */
import type { Difference } from './compare.ts';
import type { Configuration } from './configuration.ts';
import type { Draft } from './draft.ts';
import { neededSecrets } from './secrets.ts';
import { DEPLOYMENT_STEPS, type Deployment } from './steps.ts';
import { environmentOptions } from './wrangler-command.ts';

export const HELP = `npm run deploy -- …

  --issuer https://id.example.com   the address that users and clients see (else: what wrangler.toml says, else the
                                    one at workers.dev)
  --email you@example.com           the first administrator (else: the user who is signed in to Cloudflare)
  --shards weur,apac                databases near your users, beside DB (wnam, enam, weur, eeur, apac, oc)
  --env staging                     the environment [env.staging] of wrangler.toml: a server of its own
  --dry-run                         says what would be done, and what that would remove; changes nothing

  Only where the command asks for one of them:
  --overwrite                       deploy, although what was listed is removed or goes back
  --adopt-databases                 a new Worker may use databases that have tables
  --new-root-secret                 a new root secret in the next slot, where the one in use is lost`;

/** The requirements at Cloudflare, printed before anything is changed there. */
export function needs(configuration: Configuration): string {
  const { databases, namespaces, ceilings, triggers } = configuration;
  const names = databases.map(
    ({ name, binding, location }) => `${name} as ${binding}${location ? `, ${location}` : ''}`,
  );
  return `Postern needs at Cloudflare:
  the Workers Paid plan: checking a password takes 150 to 300 ms of CPU, and the free plan ends a request after 10 ms
  ${databases.length} D1 database${databases.length > 1 ? 's' : ''} of at most 10 GB (${names.join('; ')})
  ${namespaces.length} KV namespaces, ${ceilings} rate limits, ${triggers.crons.length} cron trigger, ${neededSecrets(configuration).length + 2} secrets
`;
}

export const ADDRESS_UNKNOWN = 'its address at workers.dev (or say --issuer https://id.example.com)';

/** The list of removals, rollbacks and changes. */
export function differences({ losses, changes }: Difference): string {
  const list = (title: string, sentences: string[]) =>
    sentences.length > 0 ? `${title}\n${sentences.map((each) => `  - ${each}\n`).join('')}` : '';
  return list('This deployment removes or sets back what runs:', losses) + list('It also changes:', changes);
}

/** Each step, as the configuration tells it, and how that compares with what runs. */
export function plan({ configuration, says }: Draft, compared: string): string {
  const address = `the server will be at ${configuration.issuer ?? ADDRESS_UNKNOWN}`;
  const environment = environmentOptions(configuration.environment)
    .map((option) => ` ${option}`)
    .join('');
  const steps = [
    { name: 'Sign-in', lines: ['wrangler whoami --json'] },
    {
      name: 'Configuration',
      lines: [
        'wrangler deployments status --json',
        'wrangler auth token --json     (to read routes, crons and the subdomain from Cloudflare)',
        ...[...says, address].map((difference) => `wrangler.toml: ${difference}`),
      ],
    },
    ...DEPLOYMENT_STEPS.map(({ name, commands }) => ({ name, lines: commands(configuration) })),
  ];
  const indented = (line: string) =>
    line.startsWith('wrangler ') ? line.replace(/( {2,}|$)/, (gap) => `${environment}${gap}`) : line;
  const blocks = steps.map(({ name, lines }) => `${name}\n${lines.map((line) => `  ${indented(line)}\n`).join('')}`);
  return `It would do, where it is not done yet:\n\n${blocks.join('\n')}\n${compared}\n--dry-run: nothing was changed.`;
}

export const report = (step: string, done: string): void => console.log(`${step.padEnd(15)}${done}`);

export function goodbye({ configuration, kept }: Deployment): string {
  const { ADMIN_EMAIL, ADMIN_PASSWORD } = kept.values;
  const administrator = ADMIN_PASSWORD
    ? `  Administrator     ${ADMIN_EMAIL}\n  First password    stands in ${kept.path}, as ADMIN_PASSWORD\n`
    : '';
  return `
  Postern runs at   ${configuration.issuer}
${administrator}
  Try next: sign in there, and
  npm run admin -- settings list --url ${configuration.issuer}
`;
}
