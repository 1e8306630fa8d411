/** Which redirect URIs may be registered, and which of those sent are registered. */
import { describe, expect, it } from 'vitest';
import { checkRedirectUri, redirectUriMatches } from '../../../src/protocol/redirect-uri.ts';

describe('checkRedirectUri', () => {
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
  ])('takes %s', (uri) => {
    expect(() => checkRedirectUri(uri)).not.toThrow();
  });

  it.each([
    ['http://app.example/callback', 'only for loopback'],
    ['http://localhost.evil.example/callback', 'only for loopback'],
    ['http://127.0.0.1.evil.example/callback', 'only for loopback'],
    ['http://localhost@evil.example/', 'user name'],
    ['https://user:password@app.example/', 'user name'],
    ['https://app.example/callback#fragment', 'fragment'],
    ['https://app.example/callback#', 'fragment'],
    ['https://*.app.example/callback', 'wildcards'],
    ['https://app.example/*', 'wildcards'],
    ['javascript:alert(1)', 'needs a dot'],
    ['data:text/html,hello', 'character|needs a dot'],
    ['vbscript:x', 'needs a dot'],
    ['myapp:/callback', 'needs a dot'],
    ['/callback', 'not an absolute URI'],
    ['', 'not an absolute URI'],
    ['https://app.example/a b', 'not an absolute URI'],
    ['https://app.example\\evil.example/', 'character'],
    ['https://app.example/\u0000', 'not an absolute URI'],
    ['https://äpp.example/', 'not an absolute URI'],
  ])('refuses %s', (uri, why) => {
    expect(() => checkRedirectUri(uri)).toThrow(new RegExp(why));
  });

  it('refuses a private-use scheme for an application of type web', () => {
    expect(() => checkRedirectUri('com.example.app:/callback', 'web')).toThrow(/private-use/);
  });
});

describe('redirectUriMatches', () => {
  const registered = ['https://app.example/cb', 'http://127.0.0.1/cb', 'http://localhost:3000/cb'];

  it.each(['https://app.example/cb', 'http://127.0.0.1:51234/cb', 'http://localhost:9/cb', 'http://localhost/cb'])(
    'knows %s (RFC 8252 §7.3: any port for loopback)',
    (uri) => expect(redirectUriMatches(uri, registered)).toBe(true),
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
  ])('does not know %s', (uri) => expect(redirectUriMatches(uri, registered)).toBe(false));
});
