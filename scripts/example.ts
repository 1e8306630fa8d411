/** `npm run example -- NAME`: an example beside the running server, with what it needs registered there. */
import { join } from 'node:path';
import { servePage } from './example/page.ts';
import { allowOrigin, publicClient, registerResource } from './example/registering.ts';
import { Failure, orExplain } from './failure.ts';
import { checkPort, portOf, serve } from './serve.ts';
import { storeFolder } from './wrangler.ts';

/** Each with the variable that chooses its port: they know each other by it. */
const EXAMPLES = {
  'mcp-server': { variable: 'MCP_PORT', port: 8790, run: mcpServer },
  api: { variable: 'API_PORT', port: 8791, run: api },
  'single-page-app': { variable: 'APP_PORT', port: 8792, run: singlePageApp },
};

type Name = keyof typeof EXAMPLES;

export function main([name = '']: string[]): Promise<number> {
  return orExplain(async () => {
    if (!Object.hasOwn(EXAMPLES, name)) {
      throw new Failure(`Name an example: ${Object.keys(EXAMPLES).join(', ')}. As in "npm run example -- api".`);
    }
    const { variable, run } = EXAMPLES[name as Name];
    const port = portOfExample(name as Name);
    await checkPort(port, `${variable}=${port + 100} npm run example -- ${name}`);
    return run(`http://localhost:${portOf('PORT', 8787)}`, port);
  });
}

const portOfExample = (name: Name) => portOf(EXAMPLES[name].variable, EXAMPLES[name].port);
const originOf = (name: Name) => `http://localhost:${portOfExample(name)}`;

async function mcpServer(issuer: string, port: number): Promise<number> {
  const address = `http://localhost:${port}/mcp`;
  await registerResource(address, 'Notes', ['notes.read Read your notes', 'notes.write Write notes for you']);
  const vars = { ISSUER: issuer, RESOURCE: address };
  return serveWorker('mcp-server', port, vars, () =>
    console.log(`
  The MCP server runs at   ${address}

  Try next: give that address to an MCP client, or
  npx mcp-remote-client ${address}
`),
  );
}

async function api(issuer: string, port: number): Promise<number> {
  const address = originOf('api');
  await registerResource(address, 'Tasks', ['tasks.read Read your tasks', 'tasks.write Add tasks']);
  const vars = { ISSUER: issuer, RESOURCE: address, APP_ORIGIN: originOf('single-page-app') };
  return serveWorker('api', port, vars, () =>
    console.log(`
  The API runs at   ${address}

  Try next: npm run example -- single-page-app, or
  curl -i ${address}/tasks
`),
  );
}

async function singlePageApp(issuer: string, port: number): Promise<number> {
  const origin = originOf('single-page-app');
  await allowOrigin(origin);
  const clientId = await publicClient('Tasks', `${origin}/`);
  const constants = { ISSUER: issuer, CLIENT_ID: clientId, API: originOf('api') };
  return servePage(join('examples', 'single-page-app'), port, constants, () =>
    console.log(`
  The app runs at   ${origin}

  Try next: open it. It calls the API of "npm run example -- api".
`),
  );
}

function serveWorker(name: Name, port: number, vars: Record<string, string>, whenReady: () => void): Promise<number> {
  const config = join('examples', name, 'wrangler.toml');
  return serve({
    port,
    worker: { config, vars, envFiles: [], persist: join(storeFolder(), 'examples', name) },
    ready: { path: '/' },
    whenReady,
  });
}
