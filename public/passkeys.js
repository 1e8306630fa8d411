// Passkeys (WebAuthn): asks the browser, puts its answer into the form, and sends the form.

const bytes = (text) => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

const described = (list = []) => list.map((one) => ({ ...one, id: bytes(one.id) }));

function read(form) {
  const options = JSON.parse(form.dataset.options);
  options.challenge = bytes(options.challenge);
  if (options.user) options.user.id = bytes(options.user.id);
  if (options.excludeCredentials) options.excludeCredentials = described(options.excludeCredentials);
  if (options.allowCredentials) options.allowCredentials = described(options.allowCredentials);
  return options;
}

function write({ id, rawId, type, response, ...credential }) {
  const answer = { clientDataJSON: text(response.clientDataJSON) };
  for (const name of ['attestationObject', 'authenticatorData', 'signature', 'userHandle']) {
    if (response[name]) answer[name] = text(response[name]);
  }
  if (response.getTransports) answer.transports = response.getTransports();
  return { id, rawId: text(rawId), type, response: answer, clientExtensionResults: credential.extensions ?? {} };
}

function send(form, credential) {
  const { id, rawId, type, response } = credential;
  const extensions = credential.getClientExtensionResults();
  const like = document.getElementById(form.dataset.like);
  for (const field of like?.querySelectorAll('input[type=hidden]') ?? []) form.append(field.cloneNode());
  form.elements.passkey.value = JSON.stringify(write({ id, rawId, type, response, extensions }));
  form.submit();
}

/** One question at a time: a browser refuses a second one, so the waiting one is called off first. */
let waiting;

async function ask(form, more = {}) {
  waiting?.abort();
  waiting = new AbortController();
  const request = { publicKey: read(form), signal: waiting.signal, ...more };
  return form.dataset.passkey === 'create' ? navigator.credentials.create(request) : navigator.credentials.get(request);
}

async function answer(form) {
  const status = form.querySelector('[role=status]');
  const button = form.querySelector('button');
  status.textContent = '';
  button.disabled = true;
  try {
    send(form, await ask(form));
  } catch {
    status.textContent = form.dataset.failed;
    button.disabled = false;
    if (form.dataset.passkey === 'get') offer(form);
  }
}

/** Offers passkeys where the e-mail address is typed, among what the browser fills in. */
async function offer(form) {
  if (!(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
  try {
    send(form, await ask(form, { mediation: 'conditional' }));
  } catch {
    // Called off, or declined: the other ways are still there.
  }
}

for (const form of document.querySelectorAll('form[data-passkey]')) {
  if (!window.PublicKeyCredential) {
    const status = document.createElement('p');
    status.textContent = form.dataset.unsupported ?? '';
    form.replaceWith(...(status.textContent === '' ? [] : [status]));
    continue;
  }
  form.classList.remove('needs-script');
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    answer(form);
  });
  if (form.dataset.passkey === 'get') offer(form);
}
