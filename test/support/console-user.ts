/** Users at the console: with a role, and signed in. */

import { ADMINISTRATOR, administer, type Server } from './server.ts';
import { readForm, text, type User } from './user.ts';

/** A user with these roles, who chose a password and is signed in by that. */
export async function signedInWith(server: Server, roles: string[]): Promise<User> {
  const password = 'a password of theirs';
  const email = `${roles.join('-') || 'user'}@example.com`;
  const { link } = await administer<{ link: string }>(server, 'POST', '/users', { email, name: 'Example User', roles });
  const user = server.user();
  const { pathname, search } = new URL(link);
  await user.send(await readForm(await user.open(pathname + search), '/welcome'), { password }, '/account');
  return user;
}

export async function administratorAt(server: Server): Promise<User> {
  const user = server.user();
  await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
  return user;
}

/** Opens a form, fills it in and sends it. @returns the page that comes of it. */
export async function sendForm(user: User, path: string, fields: Record<string, string> = {}): Promise<string> {
  const { pathname } = new URL(path, 'https://as.example');
  return (await user.send(await readForm(await user.open(path), pathname), fields)).text();
}

/** The text of a page. */
export const see = async (user: User, path: string): Promise<string> => text(await (await user.open(path)).text());
