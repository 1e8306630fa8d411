/** What `npm run deploy` says: before it acts, instead of acting, and in the end. */
import type { Configuration, Draft } from './configuration.ts';
import { KEPT, kept, neededSecrets } from './secrets.ts';
import { STEPS } from './steps.ts';

export const HELP = `npm run deploy -- …

  --issuer https://id.example.com   the address that people and clients see (else: what wrangler.toml says, else the
                                    one at workers.dev)
  --email you@example.com           who administers the server first (else: whoever is signed in to Cloudflare)
  --shards weur,apac                databases near your people, beside DB (wnam, enam, weur, eeur, apac, oc)
  --dry-run                         only says what would be done; asks nobody`;

/** What it takes at Cloudflare, said before anything is touched there. */
export function needs(configuration: Configuration): string {
  const { databases, namespaces, ceilings, crons } = configuration;
  const names = databases.map(
    ({ name, binding, location }) => `${name} as ${binding}${location ? `, ${location}` : ''}`,
  );
  return `Postern needs at Cloudflare:
  the Workers Paid plan: checking a password takes 150 to 300 ms of CPU, and the free plan ends a request after 10 ms
  ${databases.length} D1 database${databases.length > 1 ? 's' : ''} of at most 10 GB (${names.join('; ')})
  ${namespaces.length} KV namespaces, ${ceilings} rate limits, ${crons} cron trigger, ${neededSecrets(configuration).length + 2} secrets
`;
}

export const ADDRESS_UNKNOWN = 'its address at workers.dev (or say --issuer https://id.example.com)';

/** Each step, as the configuration alone tells it. */
export function plan({ configuration, says }: Draft): string {
  const address = `the server will be at ${configuration.issuer ?? ADDRESS_UNKNOWN}`;
  const steps = [
    { name: 'Sign-in', lines: ['wrangler whoami --json'] },
    {
      name: 'Configuration',
      lines: ['wrangler deployments status --json', ...[...says, address].map((said) => `wrangler.toml: ${said}`)],
    },
    ...STEPS.map(({ name, commands }) => ({ name, lines: commands(configuration) })),
  ];
  const blocks = steps.map(({ name, lines }) => `${name}\n${lines.map((line) => `  ${line}\n`).join('')}`);
  return `It would do, where it is not done yet:\n\n${blocks.join('\n')}\n--dry-run: nothing was asked or changed.`;
}

export const report = (step: string, done: string): void => console.log(`${step.padEnd(15)}${done}`);

export function goodbye({ issuer }: Configuration): string {
  const { ADMIN_EMAIL, ADMIN_PASSWORD } = kept();
  const administrator = ADMIN_PASSWORD
    ? `  Administrator     ${ADMIN_EMAIL}\n  First password    stands in ${KEPT}, as ADMIN_PASSWORD\n`
    : '';
  return `
  Postern runs at   ${issuer}
${administrator}
  Try next: sign in there, and
  npm run admin -- settings list --url ${issuer}
`;
}
