// The playground: the authorization code flow with PKCE (RFC 6749 §4.1, RFC 7636), one visible step after another, as a
// public client. What was shown is kept in sessionStorage, so that it is still there after the way through sign-in.

const CLIENT_ID = 'playground';
const SCOPE = 'openid profile email offline_access';
const PENDING = 'playground.pending';
const STEPS = 'playground.steps';

const redirectUri = `${location.origin}/playground`;
const run = document.getElementById('run');
const steps = document.getElementById('steps');
const progress = document.getElementById('progress');

/** A step is plain data, so that it can be kept and shown again. */
function show({ title, about, request, answer, details = [] }) {
  const item = element('li', element('h3', title));
  if (about) item.append(element('p', about));
  if (request) item.append(element('p', 'Request'), code(request));
  if (answer) item.append(element('p', 'Answer'), code(answer));
  for (const detail of details) item.append(element('p', detail.name), code(detail.text));
  steps.append(item);
  return item;
}

function addStep(step) {
  const kept = [...recall(STEPS, []), step];
  sessionStorage.setItem(STEPS, JSON.stringify(kept));
  progress.textContent = `Step ${kept.length}: ${step.title}`;
  return show(step);
}

function fail(sentence) {
  const message = element('p', `${sentence} You can run it again.`);
  message.className = 'error';
  message.setAttribute('role', 'alert');
  steps.after(message);
  progress.textContent = '';
  run.textContent = 'Run the flow again';
  run.hidden = false;
}

function element(name, text) {
  const made = document.createElement(name);
  made.append(text);
  return made;
}

function code(text) {
  const block = element('pre', element('code', text));
  block.tabIndex = 0;
  block.setAttribute('role', 'region');
  block.setAttribute('aria-label', 'Code');
  return block;
}

function recall(name, otherwise) {
  try {
    return JSON.parse(sessionStorage.getItem(name)) ?? otherwise;
  } catch {
    return otherwise;
  }
}

const base64url = (bytes) =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)));

const challengeOf = async (verifier) =>
  base64url(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))));

const pretty = (value) => JSON.stringify(value, null, 2);

function decode(jwt) {
  const [header, payload] = jwt
    .split('.')
    .slice(0, 2)
    .map((part) => {
      const binary = atob(part.replaceAll('-', '+').replaceAll('_', '/'));
      return JSON.parse(new TextDecoder().decode(Uint8Array.from(binary, (letter) => letter.charCodeAt(0))));
    });
  const times = ['iat', 'exp', 'auth_time']
    .filter((name) => payload[name])
    .map((name) => `// ${name}: ${new Date(payload[name] * 1000).toLocaleString()}`);
  return [pretty(header), pretty(payload), ...times].join('\n');
}

async function begin() {
  sessionStorage.removeItem(STEPS);
  steps.replaceChildren();
  for (const old of document.querySelectorAll('section > .error')) old.remove();
  run.hidden = true;
  const address = '/.well-known/oauth-authorization-server';
  const response = await fetch(address);
  if (!response.ok)
    return fail('This server does not show its metadata: the setting show_auth_server_metadata is off.');
  const metadata = await response.json();
  addStep({
    title: 'Discover the server',
    about: 'An application knows only the address. The metadata names every endpoint.',
    request: `GET ${address}`,
    answer: pretty(metadata),
  });

  const pending = { state: random(), nonce: random(), verifier: random(), metadata };
  sessionStorage.setItem(PENDING, JSON.stringify(pending));
  const url = new URL(metadata.authorization_endpoint);
  url.search = new URLSearchParams({
    response_type: 'code',
    client_id: CLIENT_ID,
    redirect_uri: redirectUri,
    scope: SCOPE,
    state: pending.state,
    nonce: pending.nonce,
    code_challenge: await challengeOf(pending.verifier),
    code_challenge_method: 'S256',
  });
  // RFC 9126 §5: such a server takes the request only when it was pushed.
  if (metadata.require_pushed_authorization_requests && !(await push(metadata, url))) return;
  const step = addStep({
    title: 'Send the user to sign in and agree',
    about:
      'The browser goes to the authorization endpoint. state ties the answer to this browser, the challenge ties the code to whoever holds the verifier.',
    request: `GET ${url.origin}${url.pathname}\n${[...url.searchParams].map(([name, value]) => `  ${name}=${value}`).join('\n')}`,
    details: [{ name: 'The verifier, which stays here', text: pending.verifier }],
  });
  const go = element('a', 'Continue to sign in');
  go.className = 'button';
  go.href = url.href;
  step.append(go);
  go.focus();
}

/** Says the request beforehand; the address then only refers to it. */
async function push(metadata, url) {
  const endpoint = metadata.pushed_authorization_request_endpoint;
  const response = await fetch(endpoint, { method: 'POST', body: url.searchParams });
  const pushed = await response.json();
  addStep({
    title: 'Push the request',
    about: 'The server wants to know the whole request before the user comes (RFC 9126).',
    request: `POST ${new URL(endpoint).pathname}\n${[...url.searchParams].map(([name, value]) => `  ${name}=${value}`).join('\n')}`,
    answer: pretty(pushed),
  });
  if (response.ok) url.search = new URLSearchParams({ client_id: CLIENT_ID, request_uri: pushed.request_uri });
  else fail(`The server refused the request: ${pushed.error_description}`);
  return response.ok;
}

async function finish(answer) {
  const pending = recall(PENDING);
  sessionStorage.removeItem(PENDING);
  history.replaceState(null, '', '/playground');
  if (!pending) return fail('This answer belongs to no run of this tab.');
  addStep({
    title: 'The answer comes back',
    about: 'state must be the one that was sent, and iss the server that was asked (RFC 9207).',
    answer: [...answer].map(([name, value]) => `${name}=${value}`).join('\n'),
  });
  if (answer.get('state') !== pending.state)
    return fail('state is not the one that was sent: somebody else began this.');
  if (answer.get('iss') !== pending.metadata.issuer) return fail('iss is not the server that was asked.');
  if (answer.has('error'))
    return fail(`The server answered ${answer.get('error')}: ${answer.get('error_description')}`);
  const tokens = await askForTokens(pending.metadata, 'Exchange the code for tokens', {
    grant_type: 'authorization_code',
    code: answer.get('code'),
    redirect_uri: redirectUri,
    code_verifier: pending.verifier,
    client_id: CLIENT_ID,
  });
  if (!tokens) return;
  await askUserinfo(pending.metadata, tokens);
  offerRefresh(pending.metadata, tokens);
  run.textContent = 'Run the flow again';
  run.hidden = false;
}

async function askForTokens(metadata, title, form) {
  const response = await fetch(metadata.token_endpoint, { method: 'POST', body: new URLSearchParams(form) });
  const answer = await response.json();
  const details = ['access_token', 'id_token']
    .filter((name) => answer[name])
    .map((name) => ({ name: `Inside the ${name}`, text: decode(answer[name]) }));
  const path = new URL(metadata.token_endpoint).pathname;
  const lines = Object.entries(form).map(([name, value]) => `  ${name}=${value}`);
  addStep({ title, request: [`POST ${path}`, ...lines].join('\n'), answer: pretty(answer), details });
  if (response.ok) return answer;
  fail(`The token endpoint refused: ${answer.error_description}`);
}

async function askUserinfo(metadata, tokens) {
  const headers = { authorization: `Bearer ${tokens.access_token}` };
  const response = await fetch(metadata.userinfo_endpoint, { headers });
  addStep({
    title: 'Use the token',
    about: 'A protected resource accepts the access token and answers what its scopes allow.',
    request: `GET ${new URL(metadata.userinfo_endpoint).pathname}\n  Authorization: Bearer ${tokens.access_token.slice(0, 16)}…`,
    answer: pretty(await response.json()),
  });
}

function offerRefresh(metadata, tokens) {
  if (!tokens.refresh_token) return;
  const button = element('button', 'Refresh the tokens');
  button.type = 'button';
  button.className = 'secondary';
  steps.after(button);
  button.addEventListener('click', async () => {
    button.remove();
    const form = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token, client_id: CLIENT_ID };
    const next = await askForTokens(metadata, 'Refresh', form);
    if (next) offerRefresh(metadata, next);
  });
}

const guarded = (work) => work().catch((error) => fail(`The server did not answer as expected (${error.message}).`));

run.addEventListener('click', () => guarded(begin));
const answer = new URLSearchParams(location.search);
if (answer.has('state') || answer.has('error')) {
  for (const step of recall(STEPS, [])) show(step);
  guarded(() => finish(answer));
} else {
  run.hidden = false;
}
