/** `npm start`: a running server, whatever stood here before. PORT chooses the port, STATE_DIR where its data stand. */
import { mkdirSync } from 'node:fs';
import { type DevVars, devVarsFile, readDevVars, stateFolder, writeDevVars } from './dev-vars.ts';
import { orExplain } from './failure.ts';
import { checkPort, inspectorPort, portOf, serve } from './serve.ts';
import { devRegistry, storeFolder } from './wrangler.ts';

export function main(): Promise<number> {
  return orExplain(start);
}

async function start(): Promise<number> {
  const port = portOf('PORT', 8787);
  await checkPort(port, 'PORT=8788 npm start');
  mkdirSync(stateFolder(), { recursive: true });
  const issuer = `http://localhost:${port}`;
  const isNew = writeDevVars();
  console.log(isNew ? 'Made .dev.vars with new secrets.' : 'Using the secrets in .dev.vars.');
  const vars = readDevVars(issuer);
  console.log('Applying the migrations of the local database …');
  return serve({
    port,
    worker: { config: 'wrangler.toml', vars: { ISSUER: issuer }, envFiles: [devVarsFile()], persist: storeFolder() },
    migrate: 'DB',
    whenMigrated: () => console.log('Building and starting the Worker …'),
    ready: { path: '/.well-known/jwks.json', ok: true },
    whenReady: () => greet(issuer, vars, isNew),
  });
}

function greet(issuer: string, { email, password }: DevVars, isNew: boolean): void {
  const inspector = inspectorPort();
  console.log(`
  Postern runs at   ${issuer}
  Administrator     ${email}
  Password          ${isNew ? password : 'stands in .dev.vars, as ADMIN_PASSWORD'}
  Bindings          a Worker of yours finds this one with WRANGLER_REGISTRY_PATH=${devRegistry()}
${inspector ? `  Inspector         127.0.0.1:${inspector}: any process of this machine can read the secrets through it\n` : ''}
  Try next: open ${issuer} and press "Run the flow", or
  curl ${issuer}/.well-known/oauth-authorization-server
`);
}
