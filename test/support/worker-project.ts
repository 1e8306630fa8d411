/** The project of the tests inside workerd, with real D1 and KV. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import type { TestProjectInlineConfiguration } from 'vitest/config';

type Alias = { find: RegExp; replacement: string };

/** @param aliases the packages of this repository by their sources. */
export async function workerProject(aliases: readonly Alias[]): Promise<TestProjectInlineConfiguration> {
  const { cloudflareTest, readD1Migrations } = await import('@cloudflare/vitest-plugin');
  const bindings = { ...BINDINGS, ...keys(), TEST_MIGRATIONS: await readD1Migrations('./drizzle') };
  return {
    plugins: [
      cloudflareTest({
        wrangler: { configPath: './wrangler.toml' },
        miniflare: {
          bindings,
          d1Databases: { SHARD_WEUR: 'test-shard-weur', SHARD_APAC: 'test-shard-apac' },
          // Nothing that a test starts may leave the machine.
          outboundService: () => new Response('no request leaves a test', { status: 599 }),
        },
      }),
    ],
    test: {
      name: 'worker',
      include: ['test/spec/**/*.test.{ts,tsx}', 'test/feature/**/*.test.{ts,tsx}'],
      // Hashing a password at its real cost would take most of the time of all tests.
      alias: [...aliases, { find: /^\.\/password-cost\.ts$/, replacement: resolve('test/support/password-cost.ts') }],
      setupFiles: ['./test/support/workers-setup.ts'],
      isolate: false,
      maxWorkers: 1,
      // A busy machine makes a test slow, not wrong; one that hangs is still found.
      testTimeout: 60_000,
      hookTimeout: 60_000,
    },
  };
}

const BINDINGS = {
  ISSUER: 'https://as.example',
  SIGN_WITH: '1,2',
  SEAL_WITH: '1',
  ADMIN_EMAIL: 'admin@example.com',
  ADMIN_PASSWORD: 'correct horse battery',
  SIMULATED_REFRESHES: Number(process.env.SIMULATED_REFRESHES ?? 240),
};

function keys() {
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
  return {
    ROOT_SECRET_1: randomBytes(32).toString('base64url'),
    SIGNING_KEY_1: JSON.stringify({ ...ec, kid: 'test-ec', alg: 'ES256' }),
    SIGNING_KEY_2: JSON.stringify({ ...rsa, kid: 'test-rsa', alg: 'RS256' }),
  };
}
