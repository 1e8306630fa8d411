/**
 * Five kinds of tests: pure parts and laws in Node alone, specifications inside workerd against real D1 and KV, flows and
 * pages from outside against a running Worker, and the commands.
 */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { enableCompileCache } from 'node:module';
import { resolve } from 'node:path';
import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';

// For the commands that tests start: hundreds of them, of the same modules.
process.env.NODE_COMPILE_CACHE ??= enableCompileCache().directory;

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
  SIMULATED_REFRESHES: Number(process.env.SIMULATED_REFRESHES ?? 240),
};

/** The package by its sources, as tsconfig.json has it for the compiler and for wrangler. */
const packages = [
  { find: /^@postern\/resource-server$/, replacement: resolve('packages/resource-server/src/index.ts') },
  {
    find: /^@postern\/resource-server\/building-blocks$/,
    replacement: resolve('packages/resource-server/src/building-blocks.ts'),
  },
  {
    find: /^@postern\/resource-server\/mcp$/,
    replacement: resolve('packages/resource-server/src/mcp.ts'),
  },
];

/** Tests of a folder from outside, one after another; those of flows and pages against a Worker that runs beside them. */
const outside = (folder: 'flow' | 'browser' | 'command') => ({
  test: {
    name: folder,
    alias: packages,
    include: [`test/${folder}/**/*.test.ts`],
    globalSetup: folder === 'command' ? [] : ['./test/support/running-worker.ts'],
    fileParallelism: false,
    testTimeout: 60_000,
    // The default of a second is short for a page on a busy machine.
    expect: { poll: { timeout: 15_000 } },
    // Records are made one command after another.
    hookTimeout: 240_000,
  },
});

export default defineConfig({
  test: {
    // What a judge says of its defaults.
    onConsoleLog: (text) => !/^oidc-provider (NOTICE|WARNING)/.test(text),
    projects: [
      {
        test: {
          name: 'unit',
          alias: packages,
          include: ['test/unit/**/*.test.ts', 'test/law/**/*.test.ts'],
          isolate: false,
          testTimeout: 60_000,
        },
      },
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
          include: ['test/spec/**/*.test.{ts,tsx}', 'test/feature/**/*.test.{ts,tsx}'],
          // Hashing a password at its real cost would take most of the time of all tests.
          alias: [
            ...packages,
            { find: /^\.\/password-cost\.ts$/, replacement: resolve('test/support/password-cost.ts') },
          ],
          setupFiles: ['./test/support/workers-setup.ts'],
          isolate: false,
          maxWorkers: 1,
          // A busy machine makes a test slow, not wrong; one that hangs is still found.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      outside('flow'),
      outside('browser'),
      outside('command'),
    ],
  },
});
