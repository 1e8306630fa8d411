/** Commands explain what their user can correct, and hide nothing else. */
import { parseArgs } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Failure, orExplain } from '../../../scripts/failure.ts';

afterEach(() => vi.restoreAllMocks());

describe('a command that fails', () => {
  it.each([
    ['a failure', () => Promise.reject(new Failure('There is no client c_x.')), 'There is no client c_x.'],
    [
      'an unknown option',
      async () => Object.keys(parseArgs({ args: ['--nothing'], options: {} }).values).length,
      "Unknown option '--nothing'",
    ],
  ])('prints one sentence for %s, without a stack trace', async (_, command, sentence) => {
    const print = vi.spyOn(console, 'error').mockImplementation(() => {});
    expect(await orExplain(command)).toBe(1);
    expect(print.mock.calls.flat().join()).toContain(sentence);
    expect(print.mock.calls.flat().join()).not.toContain('    at ');
  });

  it('lets every other error through, with its stack trace', async () => {
    await expect(orExplain(() => Promise.reject(new TypeError('a fault')))).rejects.toThrow('a fault');
  });
});
