/**
 * Five kinds of tests: pure parts and laws in Node alone, specifications inside workerd against real D1 and KV, flows and
 * pages from outside against a running Worker, and the commands.
 */
import { enableCompileCache } from 'node:module';
import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';
import { workerProject } from './test/support/worker-project.ts';

// For the commands that tests start: hundreds of them, of the same modules.
process.env.NODE_COMPILE_CACHE ??= enableCompileCache().directory;

// The allocator of workerd has a cache for each CPU, and takes a sixteenth less time, where glibc does not register
// restartable sequences (rseq) for itself.
process.env.GLIBC_TUNABLES ??= 'glibc.pthread.rseq=0';

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
    // One process: what one file has loaded, such as wrangler, the next one has.
    isolate: false,
    unstubEnvs: true,
    testTimeout: 60_000,
    // The default of a second is short for a page on a busy machine.
    expect: { poll: { timeout: 15_000 } },
    // Records are made one command after another.
    hookTimeout: 240_000,
  },
});

/** The projects that the command line asks for. */
const named = process.argv.flatMap((word, index, all) =>
  all[index - 1] === '--project' ? word : (word.split('--project=')[1] ?? []),
);
const others = ['unit', 'flow', 'browser', 'command'];
// It loads wrangler, for which the others need not wait.
const isLeftOut = named.length > 0 && named.every((name) => others.includes(name));
const workers = isLeftOut ? [] : [await workerProject(packages)];

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
      ...workers,
      outside('flow'),
      outside('browser'),
      outside('command'),
    ],
  },
});
