/** Dovecot of Debian (dovecot-imapd): IMAP log-in with an access token, by XOAUTH2 and OAUTHBEARER. */
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { userInfo } from 'node:os';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { admin } from '../support/admin.ts';
import { freePort } from '../support/started.ts';
import { isInstalled } from './debian-packages.ts';
import { authorize, createClient, issuer, REDIRECT_URI, type Registered } from './relying-party.ts';
import { startProgram } from './server-program.ts';

const isRoot = process.getuid?.() === 0;
const user = isRoot ? 'nobody' : userInfo().username;
const group = isRoot ? 'nogroup' : execFileSync('id', ['-gn']).toString().trim();

/** Dovecot without root, as its documentation has it, and without the delay after a refusal. */
const configuration = (port: number) => `
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
base_dir = FOLDER/run
state_dir = FOLDER/state
log_path = FOLDER/log
auth_verbose = yes
default_internal_user = ${user}
default_internal_group = ${group}
default_login_user = ${user}
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:FOLDER/mail/%u
service imap-login {
  chroot =
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = 0
  }
}
service anvil {
  chroot =
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
auth_failure_delay = 0
auth_mechanisms = xoauth2 oauthbearer
passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = FOLDER/oauth2.conf
}
userdb {
  driver = static
  args = home=FOLDER/mail/%u
}
`;

async function start(oauth2: string) {
  const port = await freePort();
  const files = { 'dovecot.conf': configuration(port), 'oauth2.conf': oauth2, 'state/empty': '' };
  const command = ['/usr/sbin/dovecot', '-F', '-c', 'FOLDER/dovecot.conf'];
  return { ...(await startProgram({ files, command, port })), port };
}

const MECHANISMS = {
  XOAUTH2: (email: string, token: string) => `user=${email}\x01auth=Bearer ${token}\x01\x01`,
  OAUTHBEARER: (email: string, token: string) => `n,a=${email},\x01auth=Bearer ${token}\x01\x01`,
};

/** Logs in over IMAP and opens the inbox. @returns the answers to both, or to the log-in alone where it failed. */
function logIn(port: number, mechanism: keyof typeof MECHANISMS, email: string, token: string): Promise<string> {
  const response = Buffer.from(MECHANISMS[mechanism](email, token)).toString('base64');
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' });
    let output = '';
    socket.on('data', (chunk) => {
      output += chunk;
      if (/^\* OK .*\r\n$/.test(output)) socket.write(`a AUTHENTICATE ${mechanism} ${response}\r\n`);
      // The reason of a refusal, which the client acknowledges.
      else if (/^\+ /m.test(output) && !/^a NO/m.test(output)) socket.write('\r\n');
      if (/^a OK/m.test(output) && !/^b /m.test(output)) socket.write('b SELECT INBOX\r\n');
      if (/^(a NO|a BAD|b )/m.test(output)) socket.end();
    });
    socket.on('error', reject).on('close', () => resolve(output));
  });
}

describe.skipIf(!isInstalled('dovecot-imapd'))('Dovecot', () => {
  const resource = `https://mail.example.com/${randomUUID()}`;
  let client: Registered;
  let introspector: Registered;

  beforeAll(async () => {
    introspector = await admin<Registered>(
      'clients',
      'create',
      '--name',
      'Dovecot',
      '--grant-type',
      'client_credentials',
    );
    await admin(
      'resources',
      'put',
      resource,
      '--name',
      'Mail',
      '--resource-scope',
      'imap Read your mail',
      '--client',
      introspector.client_id,
    );
    client = await createClient('Mail program', '--no-require-pkce');
  });

  const post = (path: string, form: Record<string, string>) =>
    fetch(`${issuer()}${path}`, { method: 'POST', body: new URLSearchParams({ ...client, ...form }) });

  async function accessToken(parameters: Record<string, string>): Promise<string> {
    const request = { client_id: client.client_id, redirect_uri: REDIRECT_URI, response_type: 'code', ...parameters };
    const code = (await authorize(`${issuer()}/authorize?${new URLSearchParams(request)}`)).searchParams.get('code');
    const form = { grant_type: 'authorization_code', redirect_uri: REDIRECT_URI, code: code ?? '' };
    return ((await (await post('/token', form)).json()) as { access_token: string }).access_token;
  }

  /** Tokens by both mechanisms: `token` is valid until it is revoked, `others` are never. */
  async function expectLogins(oauth2: string, token: string, others: string[]) {
    const { email } = inject('worker');
    const { port, stop, log } = await start(oauth2);
    try {
      for (const mechanism of ['XOAUTH2', 'OAUTHBEARER'] as const) {
        expect(await logIn(port, mechanism, email, token), log()).toMatch(/^a OK .*^b OK /ms);
        expect(await logIn(port, mechanism, 'another@example.com', token)).toMatch(/^a NO /m);
        for (const other of others) expect(await logIn(port, mechanism, email, other)).toMatch(/^a NO /m);
      }
      await post('/revoke', { token });
      expect(await logIn(port, 'XOAUTH2', email, token)).toMatch(/^a NO /m);
    } finally {
      await stop();
    }
  }

  it('by introspection: tokens of the mail server with its scope, until they are revoked', async () => {
    const url = issuer().replace('//', `//${introspector.client_id}:${introspector.client_secret}@`);
    const configuration = `
introspection_mode = post
introspection_url = ${url}/introspect
active_attribute = active
active_value = true
scope = imap
`;
    const token = await accessToken({ scope: 'openid email imap', resource });
    const withoutScope = await accessToken({ scope: 'openid email', resource });
    const ofAnotherResource = await accessToken({ scope: 'openid email' });
    await expectLogins(configuration, token, [withoutScope, ofAnotherResource, `${token}x`]);
  });

  it('by its default, the claims at /userinfo, until the token is revoked', async () => {
    const token = await accessToken({ scope: 'openid email' });
    const withoutEmail = await accessToken({ scope: 'openid' });
    await expectLogins(`introspection_url = ${issuer()}/userinfo\n`, token, [withoutEmail, `${token}x`]);
  });
});
