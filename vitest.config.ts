/** Two kinds of tests: inside workerd against real D1 and KV, and from outside against a running Worker. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';

const migrations = await readD1Migrations('./drizzle');

const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });

const bindings = {
  TEST_MIGRATIONS: migrations,
  ISSUER: 'https://as.example',
  SIGN_WITH: '1,2',
  SEAL_WITH: '1',
  ROOT_SECRET_1: randomBytes(32).toString('base64url'),
  SIGNING_KEY_1: JSON.stringify({ ...ec, kid: 'test-ec', alg: 'ES256' }),
  SIGNING_KEY_2: JSON.stringify({ ...rsa, kid: 'test-rsa', alg: 'RS256' }),
  ADMIN_EMAIL: 'admin@example.com',
  ADMIN_PASSWORD: 'correct horse battery',
};

export default defineConfig({
  test: {
    // The Worker's own log lines, and what a judge says of its defaults; tests that want them look themselves.
    onConsoleLog: (text) => !/^\{"|^oidc-provider (NOTICE|WARNING)/.test(text),
    projects: [
      {
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
          include: ['test/unit/**/*.test.{ts,tsx}', 'test/spec/**/*.test.{ts,tsx}'],
          setupFiles: ['./test/support/workers-setup.ts'],
          isolate: false,
          maxWorkers: 1,
          // A busy machine makes a test slow, not wrong; one that hangs is still found.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'node',
          include: ['test/law/**/*.test.ts', 'test/flow/**/*.test.ts', 'test/browser/**/*.test.ts'],
          globalSetup: ['./test/support/running-worker.ts'],
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
