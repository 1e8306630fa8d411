/** LemonLDAP::NG of Debian as identity provider: its portal under plackup, with its demonstration users. */
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../support/started.ts';
import { parseForm, text, User } from '../support/user.ts';
import { connectAndRefresh, redirectUris, signInTwice } from './as-client.ts';
import { isInstalled } from './debian-packages.ts';
import { type ServerProgram, startProgram } from './server-program.ts';

/** The portal, and what its OpenID provider needs besides what it depends on. */
const PACKAGES = [
  'liblemonldap-ng-portal-perl',
  'libcrypt-openssl-bignum-perl',
  'libio-string-perl',
  'libstring-random-perl',
];

const PORTAL = '/usr/share/lemonldap-ng/portal';

const INI = `
[all]
logLevel = warn
[configuration]
type = File
dirName = FOLDER/conf
localStorage = Cache::FileCache
localStorageOptions = { 'namespace' => 'configuration', 'cache_root' => 'FOLDER/cache' }
[portal]
staticPrefix = /static
templateDir = ${PORTAL}/templates
languages = en
`;

const files = (directory: string) => ({
  Directory: `FOLDER/${directory}`,
  LockDirectory: `FOLDER/${directory}`,
  generateModule: 'Lemonldap::NG::Common::Apache::Session::Generate::SHA256',
});

/** A secret that differs when form-urlencoded (RFC 6749, 2.3.1): refused by Basic, which it does not decode, then taken by client_secret_post. */
const SECRET = 'a secret: of 100 %';

/** The portal with one client, whose access tokens live for 2 seconds and whose ID tokens are RS256 (by default HS512). */
function configuration(origin: string) {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  return {
    cfgNum: 1,
    cfgDate: 1,
    key: 'a key of this test',
    portal: `${origin}/`,
    domain: 'localhost',
    locationRules: { localhost: { default: 'accept' } },
    whatToTrace: 'uid',
    // No captcha: its own would need libgd-securityimage-perl and ImageMagick.
    captcha: '::Main::Plugin',
    authentication: 'Demo',
    userDB: 'Same',
    demoExportedVars: { cn: 'cn', mail: 'mail', uid: 'uid' },
    globalStorage: 'Apache::Session::File',
    globalStorageOptions: files('sessions'),
    persistentStorage: 'Apache::Session::File',
    persistentStorageOptions: files('psessions'),
    localSessionStorage: 'Cache::FileCache',
    localSessionStorageOptions: { namespace: 'sessions', cache_root: 'FOLDER/cache' },
    issuerDBOpenIDConnectActivation: 1,
    oidcServicePrivateKeySig: privateKey,
    oidcServicePublicKeySig: publicKey,
    oidcServiceKeyIdSig: 'key',
    oidcRPMetaDataExportedVars: { postern: { email: 'mail', name: 'cn' } },
    oidcRPMetaDataOptions: {
      postern: {
        oidcRPMetaDataOptionsClientID: 'postern',
        oidcRPMetaDataOptionsClientSecret: SECRET,
        oidcRPMetaDataOptionsRedirectUris: redirectUris('lemonldap').join(' '),
        oidcRPMetaDataOptionsIDTokenSignAlg: 'RS256',
        oidcRPMetaDataOptionsAccessTokenExpiration: 2,
        oidcRPMetaDataOptionsRefreshToken: 1,
        oidcRPMetaDataOptionsRequirePKCE: 1,
        oidcRPMetaDataOptionsBypassConsent: 1,
      },
    },
  };
}

describe.skipIf(!isInstalled(...PACKAGES))('LemonLDAP::NG', () => {
  let portal: ServerProgram;
  let user: User;
  let origin = '';

  beforeAll(async () => {
    const port = await freePort();
    origin = `http://localhost:${port}`;
    portal = await startProgram({
      files: { 'lemonldap-ng.ini': INI, 'conf/lmConf-1.json': JSON.stringify(configuration(origin)) },
      command: ['/usr/bin/plackup', '--host', '127.0.0.1', '--port', `${port}`, `${PORTAL}/htdocs/index.psgi`],
      port,
      env: { LLNG_DEFAULTCONFFILE: './lemonldap-ng.ini' },
      prepare: (folder) => {
        for (const name of ['cache', 'sessions', 'psessions']) mkdirSync(join(folder, name));
      },
    });
    user = new User(fetch, origin);
  });

  afterAll(() => portal?.stop());

  /** Opens the address, and signs in where the portal asks for it. */
  const authorize = async (url: string) => {
    const first = await user.request(url);
    const location = first.headers.get('location');
    if (location) return location;
    const form = parseForm(await first.text(), '#');
    const signedIn = await user.send({ ...form, action: '/' }, { user: 'dwho', password: 'dwho' });
    const back = signedIn.headers.get('location');
    if (!back) throw new Error(`${text(await signedIn.text())} ${portal.log()}`);
    return back;
  };

  /** Signs out: its refresh tokens end with the session, unless the scope was offline_access. */
  const endRefreshTokens = async () => {
    expect((await user.request('/?logout=1')).status).toBe(200);
  };

  const options = () => [
    '--issuer',
    `${origin}/`,
    '--client-id',
    'postern',
    '--client-secret',
    SECRET,
    '--scope',
    'openid email profile',
  ];

  it('signs a user in', async () => {
    expect(await signInTwice('lemonldap', options(), authorize)).toContain('dwho@badwolf.org');
  });

  it('is connected, refreshed, and connected again after its user had signed out', async () => {
    await connectAndRefresh('lemonldap', options(), authorize, endRefreshTokens);
  }, 120_000);
});
