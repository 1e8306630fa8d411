/** Rules for new clients, by the hosts of their metadata document and redirect URIs. */
import { describe, expect, it } from 'vitest';
import { newClientAction, newClientRuleProblem } from '../../../src/protocol/new-client-rules.ts';

const at = (new_clients: 'allow' | 'approve', ...rules: string[]) => ({
  new_clients,
  new_client_rules: rules.join('\n'),
});
const registered = (...redirectUris: string[]) => ({ redirectUris });
const described = (documentUrl: string, ...redirectUris: string[]) => ({ documentUrl, redirectUris });

const CLAUDE = 'https://claude.ai/api/mcp/auth_callback';
const OTHER = 'https://other.example.com/callback';

describe('the action for a new client', () => {
  it.each([
    ['without rules the default', at('allow'), registered(CLAUDE), 'allow'],
    ['without rules the default', at('approve'), registered(CLAUDE), 'approve'],
    ['the rule of its host', at('approve', 'allow claude.ai'), registered(CLAUDE), 'allow'],
    ['the strictest of all redirect URIs', at('approve', 'allow claude.ai'), registered(CLAUDE, OTHER), 'approve'],
    [
      'the strictest of all redirect URIs',
      at('allow', 'refuse other.example.com'),
      registered(CLAUDE, OTHER),
      'refuse',
    ],
    ['the more exact rule', at('allow', 'refuse *', 'allow claude.ai'), registered(CLAUDE), 'allow'],
    [
      'the more exact rule',
      at('allow', 'allow *.example.com', 'refuse other.example.com'),
      registered(OTHER),
      'refuse',
    ],
    ['the longer pattern', at('allow', 'refuse *.com', 'approve *.example.com'), registered(OTHER), 'approve'],
    [
      'the stricter of two rules for one host',
      at('allow', 'allow claude.ai', 'refuse claude.ai'),
      registered(CLAUDE),
      'refuse',
    ],
    ['a pattern is not for the host itself', at('allow', 'refuse *.claude.ai'), registered(CLAUDE), 'allow'],
    [
      'a pattern is not for a host that ends like it',
      at('allow', 'refuse *.example.com'),
      registered('https://badexample.com/'),
      'allow',
    ],
    [
      'a port does not change the host',
      at('approve', 'allow localhost'),
      registered('http://localhost:3999/cb'),
      'allow',
    ],
    [
      'a loopback address',
      at('approve', 'allow 127.0.0.1', 'allow [::1]'),
      registered('http://127.0.0.1/', 'http://[::1]/'),
      'allow',
    ],
    [
      'a private-use scheme',
      at('approve', 'allow cursor:'),
      registered('cursor://anysphere.cursor-mcp/oauth/callback'),
      'allow',
    ],
    ['a scheme is not a host', at('approve', 'allow cursor:'), registered('https://cursor/'), 'approve'],
    ['without redirect URIs the default', at('approve', 'allow *'), registered(), 'approve'],
    [
      'a document speaks for its redirect URIs',
      at('approve', 'allow claude.ai'),
      described('https://claude.ai/client.json', OTHER),
      'allow',
    ],
    [
      'but not against a rule for them',
      at('approve', 'allow claude.ai', 'refuse other.example.com'),
      described('https://claude.ai/client.json', OTHER),
      'refuse',
    ],
    [
      'a redirect URI does not speak for a document',
      at('approve', 'allow claude.ai'),
      described('https://other.example.com/client.json', CLAUDE),
      'approve',
    ],
    [
      'user information is not a host',
      at('approve', 'allow claude.ai'),
      registered('https://claude.ai@evil.example.com/'),
      'approve',
    ],
  ] as const)('%s', (_, policy, client, action) => {
    expect(newClientAction(policy, client)).toBe(action);
  });
});

describe('a line of the setting', () => {
  it.each([
    'allow claude.ai',
    'approve  *.example.com',
    'refuse *',
    'allow cursor:',
    'allow [::1]',
    'allow xn--bcher-kva.example',
  ])('%s is a rule', (line) => {
    expect(newClientRuleProblem(line)).toBeUndefined();
  });
  it.each([
    'claude.ai',
    'allow',
    'deny claude.ai',
    'allow https://claude.ai',
    'allow claude.ai/path',
    'allow Claude.ai',
    'allow claude.ai:443',
    'allow a b',
    'allow *claude.ai',
    'allow bücher.example',
  ])('%s is none', (line) => {
    expect(newClientRuleProblem(line)).toMatch(/^must /);
  });
});
