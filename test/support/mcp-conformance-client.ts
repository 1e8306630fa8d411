/** The client that the conformance runner starts: it hands the scenario to the test, and ends as that says. */
export {};

// Not fetch and no import, which load undici: a runner starts this a hundred times.
const { request } = process.getBuiltinModule('node:http');

const environment = process.env;
const asked = request(environment.CONFORMANCE_TEST ?? '', { method: 'POST' }, (response) => {
  if (response.statusCode !== 204) process.exitCode = 1;
  response.pipe(process.stderr);
});
asked.end(
  JSON.stringify({
    name: environment.MCP_CONFORMANCE_SCENARIO,
    version: environment.MCP_CONFORMANCE_PROTOCOL_VERSION,
    context: JSON.parse(environment.MCP_CONFORMANCE_CONTEXT ?? '{}'),
    resource: process.argv.at(-1),
  }),
);
