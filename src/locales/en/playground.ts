/** The playground. In English only, as is the output of its script: it names parts of protocols. */
export const playgroundTexts = {
  title: 'Playground',
  heading: 'See it work',
  what: 'One button runs the authorization code flow with PKCE, here in your browser, as a public client: every request, every response, and the content of the tokens.',
  noScript: 'The playground is a JavaScript application. Everything else here works without.',
  run: 'Run the flow',
};
