/** A user who is going to be deleted, exported or given another address. */
import type { UserId } from '../../src/protocol/credentials.ts';
import { authorizeUrl, postToken, redemption, type Tokens } from './client.ts';
import { administer, type Server } from './server.ts';
import { readForm, type User } from './user.ts';

export const DAY = 86_400_000;
export const HOUR = 3_600_000;
export const ZERLINA = { email: 'zerlina@example.com', name: 'Zerlina Quux', password: 'a password of hers' };

export type Account = { id: UserId; disabled: boolean; deletion_due_at: string | null };

/** A user with a password, signed in. */
export async function zerlinaAt(server: Server, roles: string[] = []): Promise<{ zerlina: User; id: UserId }> {
  const { email, name, password } = ZERLINA;
  const { id, link } = await administer<{ id: UserId; link: string }>(server, 'POST', '/users', {
    email,
    name,
    roles,
  });
  const zerlina = server.user();
  const { pathname, search } = new URL(link);
  await zerlina.send(await readForm(await zerlina.open(pathname + search), '/welcome'), { password }, '/account');
  return { zerlina, id };
}

export const accountOf = (server: Server, id: string) => administer<Account>(server, 'GET', `/users/${id}`);
export const requestDeletion = (server: Server, id: string) =>
  administer<Account>(server, 'POST', `/users/${id}/deletion`);

/** The tokens that the user lets a client have. */
export async function tokensFor(server: Server, user: User, client: Parameters<typeof postToken>[1]): Promise<Tokens> {
  const url = authorizeUrl(client, { scope: 'openid profile offline_access' });
  const back = await user.authorise(url, ZERLINA);
  const answer = await postToken(server, client, redemption(back.searchParams.get('code') ?? ''));
  return (await answer.json()) as Tokens;
}
