/** Starts a script of this folder under a Node that is new enough: this file alone runs on any old one. */
import { spawn } from 'node:child_process';
import { realpathSync } from 'node:fs';
import module from 'node:module';

const SCRIPTS = [
  'start',
  'reset',
  'admin',
  'keys',
  'secrets',
  'deploy',
  'test',
  'views',
  'check',
  'bench',
  'package',
  'ledger',
  'reference',
  'password-list',
  'styles',
  'interop',
  'docs',
  'example',
];
const [name, ...rest] = process.argv.slice(2);

/** Whether a version such as "v22.18.0" can run the scripts. */
function isNewEnough(version) {
  const [major, minor] = version.replace(/^v/, '').split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 18);
}

/**
 * The path of the machine's own Node, which runs npm, where this is another one and that is new enough: npm puts the one
 * in node_modules, for machines with an older Node, in front of it.
 */
function machinesNode() {
  const { npm_node_execpath: path, npm_config_user_agent: agent = '' } = process.env;
  const version = / node\/(v[\d.]+)/.exec(agent)?.[1];
  if (!path || !version || !isNewEnough(version)) return undefined;
  return realpathSync(path) === realpathSync(process.execPath) ? undefined : path;
}

/** Runs this again under another Node, and ends as it does. */
function runUnder(node) {
  const { npm_node_execpath: _, ...env } = process.env;
  const child = spawn(node, process.argv.slice(1), { stdio: 'inherit', env });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code) => {
    process.exitCode = code ?? 1;
  });
}

// Node 22.1 and newer keep what they compiled for the next command; those that this starts find it by the variable.
const { directory } = module.enableCompileCache?.() ?? {};
if (directory) process.env.NODE_COMPILE_CACHE ??= directory;

if (!SCRIPTS.includes(name)) {
  console.error(`Name a script: ${SCRIPTS.join(', ')}.`);
  process.exit(1);
}
const node = machinesNode();
if (node) {
  runUnder(node);
} else if (isNewEnough(process.version)) {
  const { main } = await import(name === 'secrets' ? './secrets-command.ts' : `./${name}.ts`);
  process.exitCode = (await main(rest)) ?? 0;
} else {
  console.error(
    `Postern needs Node 22.18 or newer, and this is ${process.version}: get one from https://nodejs.org, then run the same command again.`,
  );
  process.exitCode = 1;
}
