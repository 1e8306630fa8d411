/** The account at Cloudflare: its user, and its namespaces of Workers KV. */
import { askWrangler, parseAnswer, readFromWrangler, wranglerFailure } from './wrangler-command.ts';

export type Account = { id: string; name: string };

/** The user who is signed in, or undefined. */
export async function whoami(): Promise<{ email?: string; accounts: Account[] } | undefined> {
  const args = ['whoami', '--json'];
  const answer = await askWrangler(args);
  if (answer.code === 0) return parseAnswer<{ email?: string; accounts: Account[] }>(args, answer.stdout);
  if (/"loggedIn": *false/.test(answer.output)) return undefined;
  throw wranglerFailure(args, answer);
}

export async function listNamespaces(): Promise<{ id: string; title: string }[]> {
  return readFromWrangler('kv', 'namespace', 'list');
}
