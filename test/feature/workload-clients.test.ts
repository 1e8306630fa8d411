/** The cached clients of issuers of workload JWTs: what an unsigned JWT of anybody makes this server read and keep. */
import { beforeEach, describe, expect, it } from 'vitest';
import { findWorkloadClientsFromReplica } from '../../src/storage/clients/workload-clients.ts';
import { Databases } from '../../src/storage/database/database.ts';
import { makeClient } from '../support/client.ts';
import { bindings, type Server, serve } from '../support/server.ts';
import { type Metered, StorageMeter } from '../support/storage-meter.ts';

const ISSUER = 'https://tokens.ci.example';
const DOMAIN = 'spiffe://acme.com';
const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const SVID = 'urn:ietf:params:oauth:client-assertion-type:jwt-spiffe';

let server: Server;
let meter: StorageMeter;
let callers = 0;

/** Long metadata, of which a search reads two members. */
const METADATA = {
  grant_types: [JWT_BEARER],
  redirect_uris: [],
  token_endpoint_auth_method: 'private_key_jwt',
  jwks_uri: 'https://tokens.ci.example/jwks',
  client_name: 'x'.repeat(100),
};

beforeEach(async () => {
  meter = new StorageMeter();
  server = serve(meter.over(bindings()));
  for (const issuer of [ISSUER, ISSUER, DOMAIN])
    await makeClient(server, METADATA, { workload: { issuer, subjects: [`${DOMAIN}/of/${++callers}`] } });
  meter.take();
});

const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token request of an unknown client with an unsigned JWT. */
async function present(claims: object, body: (jwt: string) => Record<string, string>): Promise<number> {
  const jwt = `${encoded({ alg: 'ES256', typ: 'JWT' })}.${encoded(claims)}.AAAA`;
  const response = await server.fetch('/token', {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'cf-connecting-ip': `203.0.113.${++callers & 255}`,
    },
    body: new URLSearchParams(body(jwt)).toString(),
  });
  await response.text();
  return response.status;
}

const asGrant = (assertion: string) => ({ grant_type: JWT_BEARER, assertion });
const asSvid = (client_assertion: string) => ({
  grant_type: 'client_credentials',
  client_assertion_type: SVID,
  client_assertion,
});

const searches = ({ batches }: Metered) => batches.filter((batch) => batch.some((one) => one.includes('workload ->>')));

describe('an unsigned JWT that pairs a real issuer with invented ones', () => {
  it.each([
    ['iss is real', asGrant, (n: number) => ({ iss: ISSUER, sub: `spiffe://r${n}/x` })],
    ['the trust domain is real', asGrant, (n: number) => ({ iss: `https://r${n}.example`, sub: `${DOMAIN}/x` })],
    ['iss is real, as client assertion', asSvid, (n: number) => ({ iss: ISSUER, sub: `spiffe://r${n}/x` })],
  ])('reads the clients of the real one once more from the primary at most: %s', async (_, body, claims) => {
    await present(claims(0), body);
    meter.take();
    for (let n = 1; n <= 5; n++) {
      expect(await present(claims(n), body)).toBeGreaterThanOrEqual(400);
      const read = searches(meter.take());
      // One search of the nearest replica for the invented issuer alone, and one of the primary before the refusal.
      expect(read.map((batch) => batch.length)).toEqual([1, 2]);
    }
  });

  it('keeps one copy of the clients of the real one, whatever their number', async () => {
    const databases = new Databases(server.env);
    const now = Date.now();
    const first = await findWorkloadClientsFromReplica(databases, [ISSUER], now);
    expect(first).toHaveLength(2);
    meter.take();
    for (let n = 0; n < 300; n++) {
      const issuers = n % 2 ? [ISSUER, `spiffe://r${n}`] : [`https://r${n}.example`, ISSUER];
      const found = await findWorkloadClientsFromReplica(databases, issuers, now);
      expect(found.map((one, at) => one === first[at])).toEqual([true, true]);
    }
    // No row but those of the first search was read.
    expect(meter.take().rowsRead).toBe(0);
  });

  it('is neither sought nor remembered where no client can have so long an issuer', async () => {
    const databases = new Databases(server.env);
    meter.take();
    for (let n = 0; n < 3; n++)
      expect(await findWorkloadClientsFromReplica(databases, [`https://${'r'.repeat(500)}`], Date.now())).toEqual([]);
    expect(meter.take().batches).toEqual([]);
  });
});

describe('the search for the client of a workload', () => {
  it('of two issuers with clients is one round, then none', async () => {
    const databases = new Databases(server.env);
    const now = Date.now();
    for (const rounds of [1, 0]) {
      expect(await findWorkloadClientsFromReplica(databases, [ISSUER, DOMAIN], now)).toHaveLength(3);
      expect(meter.take().batches).toHaveLength(rounds);
    }
  });

  it('is none either where one of the two has no client, as the iss of an OIDC discovery provider beside an SVID', async () => {
    const databases = new Databases(server.env);
    const now = Date.now();
    for (const rounds of [1, 0]) {
      expect(await findWorkloadClientsFromReplica(databases, ['https://oidc.acme.com', DOMAIN], now)).toHaveLength(1);
      expect(meter.take().batches).toHaveLength(rounds);
    }
  });

  it('of the same issuer twice finds its clients once', async () => {
    const found = await findWorkloadClientsFromReplica(new Databases(server.env), [DOMAIN, DOMAIN], Date.now());
    expect(found).toHaveLength(1);
  });

  it('reads what it decides by, and no more of the metadata', async () => {
    const [found] = await findWorkloadClientsFromReplica(new Databases(server.env), [DOMAIN], Date.now());
    expect(Object.keys(found ?? {}).sort()).toEqual(['authMethod', 'grantTypes', 'id', 'workload']);
    expect(JSON.stringify(found)).not.toContain(METADATA.client_name);
  });
});
