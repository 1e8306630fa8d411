/** A single-page app: signs users in at Postern, and calls an API of another origin for them. */
import { accessToken, finishSignIn, forget, isSignedIn, signIn, signOut } from './session.ts';

// Filled in when the page is built.
declare const API: string;

const find = <T extends HTMLElement>(selector: string) => document.querySelector(selector) as T;

/** Calls the API as the signed-in user. @throws Error for a refusal, too. */
async function call(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = { authorization: `Bearer ${await accessToken()}` };
  const response = await fetch(API + path, { ...init, headers });
  if (response.status === 401) {
    // The user, or an administrator, took the permission back.
    forget();
    throw new Error('Your permission has ended. Sign in again.');
  }
  if (!response.ok) throw new Error(`The API answered ${response.status}.`);
  return response;
}

async function showTasks(): Promise<void> {
  const { tasks } = (await (await call('/tasks')).json()) as { tasks: string[] };
  const items = tasks.map((task) => Object.assign(document.createElement('li'), { textContent: task }));
  find('ul').replaceChildren(...items);
}

/** Runs an action of the user and shows its result. */
async function act(what: () => Promise<unknown>): Promise<void> {
  find('[role=alert]').textContent = '';
  try {
    await what();
    if (isSignedIn()) await showTasks();
  } catch (error) {
    find('[role=alert]').textContent = (error as Error).message;
  }
  find('#signed-in').hidden = !isSignedIn();
  find('#signed-out').hidden = isSignedIn();
}

find('#sign-in').onclick = () => act(signIn);
find('#sign-out').onclick = () => act(signOut);
find<HTMLFormElement>('form').onsubmit = (event) => {
  event.preventDefault();
  const form = event.target as HTMLFormElement;
  act(async () => {
    await call('/tasks', { method: 'POST', body: String(new FormData(form).get('task')) });
    form.reset();
  });
};

const isBack = ['code', 'error'].some((name) => new URLSearchParams(location.search).has(name));
act(async () => {
  if (isBack) await finishSignIn();
});
