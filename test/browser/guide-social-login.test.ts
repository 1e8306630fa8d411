/** docs/how-to/social-login.md, "To try it without another provider": walked to its last step in a real browser. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, expect, inject, it } from 'vitest';
import { admin } from '../support/admin.ts';
import { closeBrowser, newPage, signInOn } from '../support/browser.ts';
import { fences } from '../support/documentation.ts';

afterAll(async () => {
  await admin('social-logins', 'delete', 'itself');
  await closeBrowser();
});

it('this server, as its own identity provider, links an account and signs it in again', async () => {
  const { url, stateFolder, email, password } = inject('worker');
  const commands = fences('docs/how-to/social-login.md').find(({ text }) => text.includes('create itself postern'));
  const script = (commands?.text ?? '').replaceAll('http://localhost:8787', url);
  const env = { ...process.env, STATE_DIR: stateFolder, PORT: new URL(url).port };
  await promisify(execFile)('bash', ['-c', `set -euo pipefail\n${script}`], { env });

  const page = await newPage();
  await page.goto(`${url}/sign-in`);
  await page.getByRole('button', { name: 'Continue with this very server' }).click();
  // At the identity provider, which is this server: sign in, and allow it.
  await signInOn(page, { email, password });
  await page.getByRole('button', { name: 'Allow' }).click();
  // There is an account with this address: its owner confirms the link.
  await page.getByRole('link', { name: 'Sign in to it' }).click();
  const link = page.getByRole('button', { name: 'Link it' });
  await link.or(page.getByLabel('Password')).first().waitFor();
  if (!(await link.isVisible())) await signInOn(page, { email, password });
  await link.click();
  await page.goto(`${url}/account/sign-in-methods`);
  await page.getByRole('link', { name: /Unlink this very server/ }).waitFor();

  const again = await newPage();
  await again.goto(`${url}/sign-in`);
  await again.getByRole('button', { name: 'Continue with this very server' }).click();
  await signInOn(again, { email, password });
  await again.getByRole('button', { name: 'Allow' }).click();
  await again.goto(`${url}/account`);
  expect(await again.locator('main').innerText()).toContain(email);
  const { identities } = await admin<{ identities: unknown[] }>('identities', 'list', '--login', 'itself');
  expect(identities).toHaveLength(1);
});
