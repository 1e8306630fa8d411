/** Resource identifiers: one canonical form, and who holds a path. */
import { describe, expect, it } from 'vitest';
import { audienceFor, resolveResource, resourcesOfPath } from '../../../src/protocol/resource.ts';

const ISSUER = 'https://as.example';
const REGISTRY = new Map([
  ['https://api.example', { name: 'An API', scopes: [] }],
  ['urn:example:api', { name: 'Another', scopes: [] }],
  ['HTTPS://Bytes.example:443/mcp/', { name: 'As it was typed', scopes: [] }],
]);

describe('identifierOf', () => {
  it.each([
    ['https://as.example', 'https://as.example'],
    ['https://as.example/', 'https://as.example'],
    ['HTTPS://AS.EXAMPLE/mcp', 'https://as.example/mcp'],
    ['https://as.example:443/mcp/', 'https://as.example/mcp'],
    ['https://as.example/mcp?tenant=1', 'https://as.example/mcp?tenant=1'],
    ['https://as.example/a/../mcp', 'https://as.example/mcp'],
    ['https://API.example/', 'https://api.example'],
    ['urn:example:api', 'urn:example:api'],
    ['https://bytes.example/mcp', 'HTTPS://Bytes.example:443/mcp/'],
    ['https://bytes.example/mcp/', 'HTTPS://Bytes.example:443/mcp/'],
  ])('%s is %s', (text, canonical) => {
    expect(resolveResource(text, ISSUER, REGISTRY)).toBe(canonical);
  });

  it.each([
    'https://as.example.evil.example/',
    'https://other.example/mcp',
    'https://api.example/below',
    'https://as.exampleX',
    'urn:example:other',
    '/mcp',
    'mcp',
    'https://as.example/#x',
    'https://u@as.example/',
    'http://as.example/',
    'https://as.example/\n',
  ])('%j is invalid_target', (text) =>
    expect(() => resolveResource(text, ISSUER, REGISTRY)).toThrow(expect.objectContaining({ code: 'invalid_target' })),
  );
});

describe('a resource without end', () => {
  it('is invalid_target, and costs nothing to refuse', () => {
    const began = performance.now();
    const text = `https://as.example${'/'.repeat(60_000)}a`;
    expect(() => resolveResource(text, ISSUER, REGISTRY)).toThrow(expect.objectContaining({ code: 'invalid_target' }));
    expect(performance.now() - began).toBeLessThan(1_000);
  });
});

describe('audienceOf', () => {
  it('is the one resource, with the issuer beside it where openid was granted', () => {
    expect(audienceFor('https://as.example/mcp', ['files'], ISSUER)).toBe('https://as.example/mcp');
    expect(audienceFor('https://as.example/mcp', ['openid'], ISSUER)).toEqual(['https://as.example/mcp', ISSUER]);
    expect(audienceFor(ISSUER, ['openid'], ISSUER)).toBe(ISSUER);
  });
});

describe('resourcesHolding', () => {
  it('are the issuer and every ancestor of the path, by whole segments', () => {
    expect(resourcesOfPath('/api/me', ISSUER)).toEqual([ISSUER, `${ISSUER}/api`, `${ISSUER}/api/me`]);
    expect(resourcesOfPath('/api-other', ISSUER)).not.toContain(`${ISSUER}/api`);
  });
});
