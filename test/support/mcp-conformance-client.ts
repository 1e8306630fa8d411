/** The client that the conformance runner starts: it hands the scenario to the test, and ends as that says. */
export {};

const environment = process.env;
const response = await fetch(environment.CONFORMANCE_TEST ?? '', {
  method: 'POST',
  body: JSON.stringify({
    name: environment.MCP_CONFORMANCE_SCENARIO,
    version: environment.MCP_CONFORMANCE_PROTOCOL_VERSION,
    context: JSON.parse(environment.MCP_CONFORMANCE_CONTEXT ?? '{}'),
    resource: process.argv.at(-1),
  }),
});
if (!response.ok) {
  console.error(await response.text());
  process.exit(1);
}
