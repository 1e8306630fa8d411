/** @auth/core (Auth.js, NextAuth), with a provider of type "oidc" and nothing else set. */
import { Auth } from '@auth/core';
import { describe, expect, inject, it } from 'vitest';
import { admin } from '../support/admin.ts';
import { User } from '../support/user.ts';
import { authorize, issuer, type Registered } from './relying-party.ts';

const APP = 'http://localhost:3999';

describe('@auth/core', () => {
  it('signs a user in and has a session with name and e-mail address', async () => {
    const callback = `${APP}/auth/callback/postern`;
    const client = await admin<Registered>('clients', 'create', '--name', 'Auth.js', '--redirect-uri', callback);
    const config = {
      basePath: '/auth',
      trustHost: true,
      secret: 'a secret of the application',
      logger: { error: (error: Error) => errors.push(error) },
      providers: [
        {
          id: 'postern',
          name: 'Postern',
          type: 'oidc' as const,
          issuer: issuer(),
          clientId: client.client_id,
          clientSecret: client.client_secret,
        },
      ],
    };
    const errors: Error[] = [];
    const browser = new User((url, init) => Auth(new Request(url, init), config) as Promise<Response>, APP);
    const { csrfToken } = (await (await browser.request('/auth/csrf')).json()) as { csrfToken: string };
    const started = await browser.request('/auth/signin/postern', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ csrfToken, callbackUrl: APP }).toString(),
    });
    const back = await authorize(started.headers.get('location') ?? '');
    await browser.request(back.href.slice(APP.length));
    expect(errors).toEqual([]);
    const session = (await (await browser.request('/auth/session')).json()) as { user: Record<string, string> };
    expect(session.user).toMatchObject({ name: expect.any(String), email: inject('worker').email });
  });
});
