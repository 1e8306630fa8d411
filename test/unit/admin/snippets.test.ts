/** The snippets that fit each type of application, with the values of the client, in the shape of the guides. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CLIENT_KINDS } from '../../../src/admin/console/application-types.ts';
import { snippetsFor } from '../../../src/admin/console/snippets/index.ts';
import { REFRESH_TOKEN } from '../../../src/protocol/grant-type.ts';

const VALUES = { issuer: 'https://id.example', clientId: 'c_1', resource: 'https://mcp.example/mcp' };
const REDIRECT_URI = "https://app.example/api/auth/callback/o'hara";

/** The snippets of the first method of a type of application. */
function snippetsOfKind(name: string, method?: string) {
  const kind = CLIENT_KINDS.find((one) => one.name === name);
  if (!kind) throw new Error(`there is no ${name}`);
  return snippetsFor({
    ...VALUES,
    metadata: {
      redirect_uris: kind.redirects ? [REDIRECT_URI] : [],
      grant_types: [...kind.grantTypes, ...(kind.mayStay ? [REFRESH_TOKEN] : [])],
      response_types: ['code'],
      token_endpoint_auth_method: method ?? kind.methods[0],
      application_type: kind.applicationType,
    },
  });
}

const guide = (name: string): string => readFileSync(`docs/how-to/${name}.md`, 'utf8');

describe('the snippets of a new client', () => {
  it.each([
    ['website', ['openid-client', 'Auth.js', 'curl']],
    ['browser', ['oidc-client-ts', 'curl']],
    ['native', ['openid-client', 'curl']],
    ['device', ['openid-client', 'curl']],
    ['service', ['curl', 'openid-client']],
    ['mcp', ['Claude Code', 'Cursor', 'mcp-remote', 'openid-client', 'curl']],
  ])('fit the type %s', (kind, names) => {
    expect(snippetsOfKind(kind).map(({ name }) => name)).toEqual(names);
  });

  it('name the client and the issuer, or the server that the client connects to', () => {
    for (const { name: kind } of CLIENT_KINDS) {
      for (const { name, text } of snippetsOfKind(kind)) {
        expect([name, text]).toEqual([name, expect.stringContaining('c_1')]);
        expect([name, text]).toEqual([name, expect.stringMatching(/https:\/\/(id|mcp)\.example/)]);
      }
    }
  });

  it('hold no secret: programs read it from the environment', () => {
    const withSecret = snippetsOfKind('mcp', 'client_secret_basic').filter(({ name }) => name !== 'Claude Code');
    for (const { name, text } of withSecret.concat(snippetsOfKind('website')))
      expect([name, text]).toEqual([name, expect.stringContaining('CLIENT_SECRET')]);
  });

  it('quote what an administrator typed', () => {
    const text = (name: string) => snippetsOfKind('website').find((one) => one.name === name)?.text;
    expect(text('openid-client')).toContain("redirect_uri: 'https://app.example/api/auth/callback/o\\'hara'");
    expect(text('curl')).toContain("redirect_uri='https://app.example/api/auth/callback/o'\\''hara'");
  });

  it.each([
    ['openid-client', 'hono-openid-client', /client\.\w+\(/g],
    ['Auth.js', 'authjs-nextjs', /^ {4,}\w+:/gm],
    ['oidc-client-ts', 'react-oidc-client-ts', /^ {2}\w+:/gm],
  ])('for %s use what its guide uses', (name, page, pattern) => {
    const all = [...snippetsOfKind('website'), ...snippetsOfKind('browser')];
    const used = all.find((one) => one.name === name)?.text.match(pattern) ?? [];
    expect(used.length).toBeGreaterThan(3);
    const text = guide(page);
    // The guide gives openid-client the secret, which may then stand in either place.
    const missing = used.filter((part) => part !== 'client.ClientSecretBasic(' && !text.includes(part.trim()));
    expect(missing).toEqual([]);
  });

  it('are JSON for the MCP clients that read JSON', () => {
    const [claude, cursor] = snippetsOfKind('mcp', 'client_secret_basic').map(({ where, text }) =>
      where.endsWith('.json') ? JSON.parse(text) : undefined,
    );
    expect(claude.mcpServers.server).toMatchObject({ url: VALUES.resource, oauth: { clientId: 'c_1' } });
    expect(cursor.mcpServers.server.auth).toMatchObject({ CLIENT_ID: 'c_1' });
  });
});
