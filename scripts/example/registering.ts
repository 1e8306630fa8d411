/** Registers the client and resource of an example by `npm run admin`; repeating it changes nothing. */
import { execFile } from 'node:child_process';
import { Failure } from '../failure.ts';

/** Runs the command as a user would type it, and shows it. @throws Failure with what it said. */
async function admin<T>(...args: string[]): Promise<T> {
  console.log(`npm run admin -- ${args.map(quoted).join(' ')}`);
  return new Promise((resolve, reject) => {
    execFile(process.execPath, ['scripts/run.mjs', 'admin', ...args, '--json'], (error, stdout, stderr) =>
      error ? reject(new Failure(stderr.trim() || error.message)) : resolve(JSON.parse(stdout) as T),
    );
  });
}

const quoted = (word: string) => (/^[\w:/.-]+$/.test(word) ? word : `'${word}'`);

/** @param scopes each with what users read, as in "notes.read Read your notes". */
export async function registerResource(resource: string, name: string, scopes: string[]): Promise<void> {
  const described = scopes.flatMap((scope) => ['--resource-scope', scope]);
  await admin('resources', 'put', resource, '--name', name, ...described);
}

type Client = { client_id: string; metadata: { redirect_uris: string[] } };

/** A public client that returns there: the one that has been made before, or a new one. @returns its id. */
export async function publicClient(name: string, redirectUri: string): Promise<string> {
  const { clients } = await admin<{ clients: Client[] }>('clients', 'list');
  const known = clients.find(({ metadata }) => metadata.redirect_uris.includes(redirectUri));
  const args = ['clients', 'create', '--name', name, '--auth-method', 'none', '--redirect-uri', redirectUri];
  const { client_id } = known ?? (await admin<Client>(...args));
  return client_id;
}

/** Pages of that origin may call the token endpoint. */
export async function allowOrigin(origin: string): Promise<void> {
  const setting = 'allowed_public_client_origins';
  const { value } = await admin<{ value: string }>('settings', 'get', setting);
  const origins = value.split('\n').filter((line) => line !== '');
  if (!origins.includes(origin)) await admin('settings', 'set', setting, [...origins, origin].join('\\n'));
}
