/** Drops the Worker's own log lines, rather than in Node, which each would go to. Tests that want them spy on the console. */
const { log } = console;

console.log = (...values: unknown[]) => {
  if (!String(values[0]).startsWith('{"')) log(...values);
};
