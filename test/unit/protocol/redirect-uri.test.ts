/** Redirect URIs: those that may be registered, and the comparison with registered ones. */
import { describe, expect, it } from 'vitest';
import { redirectUriMatches, redirectUriProblem } from '../../../src/protocol/redirect-uri.ts';
import { DEFAULT_PRIVATE_USE_SCHEMES, parseSchemes, schemeEntryProblem } from '../../../src/protocol/uri-scheme.ts';

describe('redirectUriProblem', () => {
  it.each([
    'https://app.example/callback',
    'https://app.example/callback?tenant=1',
    'http://localhost/callback',
    'http://localhost:3000/callback',
    'http://127.0.0.1:3000/callback',
    'http://127.8.9.10/callback',
    'http://[::1]:3000/callback',
    'com.example.app:/callback',
    'com.example.app://callback',
    'myapp:/callback',
    'cursor://anysphere.cursor-mcp/oauth/callback',
    'VSCode-Insiders://publisher.extension/did-authenticate',
    'a+b-c.d1:/callback',
  ])('takes %s', (uri) => {
    expect(redirectUriProblem(uri)).toBeUndefined();
  });

  it.each([
    ['http://app.example/callback', 'only for loopback'],
    ['http://localhost:65536/callback', 'not an absolute URI'],
    ['http://localhost.evil.example/callback', 'only for loopback'],
    ['http://127.0.0.1.evil.example/callback', 'only for loopback'],
    ['http://localhost@evil.example/', 'user name'],
    ['https://user:password@app.example/', 'user name'],
    ['https://app.example/callback#fragment', 'fragment'],
    ['https://app.example/callback#', 'fragment'],
    ['https://*.app.example/callback', 'wildcards'],
    ['https://app.example/*', 'wildcards'],
    ['javascript:alert(1)', 'executes script'],
    ['JavaScript:alert(1)', 'executes script'],
    ['data:text/html,hello', 'executes script'],
    ['vbscript:x', 'executes script'],
    ['localhost:3000/callback', 'http:// before it'],
    ['app.example.com:8443/callback', 'https:// before it'],
    ['https:app.example/callback', 'followed by a host'],
    ['https:/app.example/callback', 'followed by a host'],
    ['https:///app.example/callback', 'followed by a host'],
    ['1app:/callback', 'not an absolute URI'],
    ['my_app:/callback', 'not an absolute URI'],
    ['cursor://user@host/callback', 'user name'],
    ['vscode-insiders://@host/callback', 'user name'],
    ['/callback', 'not an absolute URI'],
    ['', 'not an absolute URI'],
    ['https://app.example/a b', 'not an absolute URI'],
    ['https://app.example\\evil.example/', 'character'],
    ['https://app.example/\u0000', 'not an absolute URI'],
    ['https://äpp.example/', 'not an absolute URI'],
  ])('refuses %s', (uri, why) => {
    expect(redirectUriProblem(uri)).toMatch(new RegExp(why));
  });

  it.each(['myapp:/callback', 'cursor://x/callback', 'windsurf2://x'])(
    'refuses %s where the client may use other schemes without a dot only',
    (uri) => expect(redirectUriProblem(uri, ['vscode'])).toMatch(/needs a dot/),
  );

  it.each(['vscode://x/callback', 'VSCODE://x/callback', 'com.example.app:/callback', 'https://app.example/'])(
    'takes %s where the client may use such a scheme',
    (uri) => expect(redirectUriProblem(uri, ['vscode'])).toBeUndefined(),
  );
});

describe('RFC 8252 §7.1, §8.4: schemes that no redirect URI has', () => {
  it.each(
    `javascript data vbscript file blob about view-source filesystem ws wss ftp mailto tel sms intent android-app
    ms-settings ms-word ms-appinstaller search-ms shell chrome chrome-extension moz-extension safari-web-extension
    itms-services jnlp ldap content microsoft-edge googlechrome x-apple.systempreferences urn localhost help ssh smb`
      .split(/\s+/)
      .flatMap((scheme) => [scheme, scheme.toUpperCase()]),
  )('%s is refused with its reason, for an administrator too', (scheme) => {
    for (const rest of ['x', '/callback', '//host/callback']) {
      expect(redirectUriProblem(`${scheme}:${rest}`)).toMatch(
        new RegExp(`the scheme ${scheme} cannot be used: it |cannot have`),
      );
    }
    expect(schemeEntryProblem(scheme)).toMatch('cannot be allowed: it ');
  });

  it.each(['http', 'HTTPS'])('%s is no private-use scheme', (scheme) => {
    expect(schemeEntryProblem(scheme)).toMatch('it is not a private-use scheme');
  });

  it.each(['cursor://', 'cursor:', '*', '1st', 'my_app', ''])('%j is the name of none', (text) => {
    expect(schemeEntryProblem(text)).toMatch('a name alone');
  });

  it('a text holds one on each line, in letters of either case', () => {
    expect(parseSchemes(' Cursor \n\nvscode-insiders\r\n')).toEqual(['cursor', 'vscode-insiders']);
  });

  it('none of those that are allowed by default is refused', () => {
    expect(DEFAULT_PRIVATE_USE_SCHEMES.map(schemeEntryProblem)).toEqual(
      DEFAULT_PRIVATE_USE_SCHEMES.map(() => undefined),
    );
  });
});

describe('redirectUriMatches', () => {
  const registered = ['https://app.example/cb', 'http://127.0.0.1/cb', 'http://localhost:3000/cb', 'cursor://app/cb'];

  it.each([
    'https://app.example/cb',
    'http://127.0.0.1:51234/cb',
    'http://127.0.0.1:65535/cb',
    'http://localhost:9/cb',
    'http://localhost/cb',
  ])('knows %s (RFC 8252 §7.3: any port for loopback)', (uri) =>
    expect(redirectUriMatches(uri, registered)).toBe(true),
  );

  it.each([
    'https://app.example/cb/',
    'https://app.example/cb?x=1',
    'https://app.example:443/cb',
    'https://APP.example/cb',
    'https://app.example:8443/cb',
    'http://127.0.0.1:51234/other',
    'http://127.0.0.2:51234/cb',
    'http://[::1]:51234/cb',
    'https://127.0.0.1/cb',
    'http://127.0.0.1:1@evil.example/cb',
    'http://127.0.0.1:65536/cb',
    'http://localhost:99999/cb',
    'http://localhost:/cb',
    'cursor://app/cb/',
    'cursor://APP/cb',
    'CURSOR://app/cb',
    'cursor://app:1/cb',
  ])('does not know %s', (uri) => expect(redirectUriMatches(uri, registered)).toBe(false));
});
