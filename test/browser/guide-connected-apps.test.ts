/** docs/how-to/connected-apps.md, "To try the whole flow without another provider": walked to its last step in a real browser. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, expect, inject, it } from 'vitest';
import { admin } from '../support/admin.ts';
import { closeBrowser, newPage, signInOn } from '../support/browser.ts';
import { fences } from '../support/documentation.ts';

afterAll(async () => {
  await admin('connected-apps', 'delete', 'itself');
  await closeBrowser();
});

it('this server, as its own provider, is connected, and hands a valid token to a program of the user', async () => {
  const { url, stateFolder, email, password } = inject('worker');
  const commands = fences('docs/how-to/connected-apps.md').find(({ text }) => text.includes('create itself openid'));
  const script = (commands?.text ?? '').replaceAll('http://localhost:8787', url);
  const env = { ...process.env, STATE_DIR: stateFolder, PORT: new URL(url).port };
  await promisify(execFile)('bash', ['-c', `set -euo pipefail\n${script}`], { env });

  const page = await newPage();
  await page.goto(`${url}/account/connections`);
  await signInOn(page, { email, password });
  await page.getByRole('button', { name: /^Connect.*This very server/ }).click();
  // At the provider, which is this server: the user is signed in there and allows it.
  await page.getByRole('button', { name: 'Allow' }).click();
  await page.waitForURL(/\/account\/connections/);
  expect(await page.locator('main').innerText()).toContain('This very server');

  const key = await admin<{ authorization: string }>(
    'api-keys',
    'create',
    email,
    '--name',
    'guide',
    '--scope',
    'connections',
  );
  const answer = await fetch(`${url}/api/me/connections/itself/token`, {
    method: 'POST',
    headers: { authorization: key.authorization },
  });
  const { access_token } = (await answer.json()) as { access_token: string };
  const userinfo = await fetch(`${url}/userinfo`, { headers: { authorization: `Bearer ${access_token}` } });
  expect(await userinfo.json()).toMatchObject({ email });
});
