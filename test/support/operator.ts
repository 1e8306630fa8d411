/** People at the console: with a role, and signed in. */
import { type Person, readForm, text } from './person.ts';
import { ADMINISTRATOR, administer, type Server } from './server.ts';

/** A person with these roles, who chose a password and is signed in by that. */
export async function signedInWith(server: Server, roles: string[]): Promise<Person> {
  const password = 'a password of theirs';
  const email = `${roles.join('-') || 'person'}@example.com`;
  const { link } = await administer<{ link: string }>(server, 'POST', '/people', { email, name: 'Somebody', roles });
  const person = server.person();
  const { pathname, search } = new URL(link);
  await person.send(await readForm(await person.open(pathname + search), '/welcome'), { password });
  return person;
}

export async function administratorAt(server: Server): Promise<Person> {
  const person = server.person();
  await person.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
  return person;
}

/** Opens a form, fills it in and sends it. @returns the page that comes of it. */
export async function sendForm(person: Person, path: string, fields: Record<string, string> = {}): Promise<string> {
  const { pathname } = new URL(path, 'https://as.example');
  return (await person.send(await readForm(await person.open(path), pathname), fields)).text();
}

/** What a page says. */
export const see = async (person: Person, path: string): Promise<string> =>
  text(await (await person.open(path)).text());
