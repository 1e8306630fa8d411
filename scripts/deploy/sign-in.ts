/** The account at Cloudflare that a command is for. */
import { Failure } from '../failure.ts';
import { type Account, whoami } from './account.ts';
import type { Configuration } from './configuration.ts';

/** @throws Failure where nobody is signed in, or to several accounts. */
export async function signIn({ accountId }: Configuration): Promise<Account & { email: string | undefined }> {
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
