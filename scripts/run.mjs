/** Starts a script of this folder, after a look at the Node version: this file alone runs on any old one. */
const SCRIPTS = ['start', 'reset', 'admin', 'keys', 'deploy', 'test', 'bench', 'package', 'ledger', 'example'];
const [name, ...rest] = process.argv.slice(2);
const [major, minor] = process.versions.node.split('.').map(Number);

if (!SCRIPTS.includes(name)) {
  console.error(`Name a script: ${SCRIPTS.join(', ')}.`);
  process.exit(1);
}
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `Postern needs Node 22.18 or newer, and this is ${process.version}: get one from https://nodejs.org, then run the same command again.`,
  );
  process.exit(1);
}
const { main } = await import(`./${name}.ts`);
process.exitCode = (await main(rest)) ?? 0;
