/** The definitions of settings: each default is a value that its schema accepts. */
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { DEFAULT_SETTINGS, SETTING_NAMES, SETTINGS } from '../../../src/protocol/settings.ts';

describe('the settings', () => {
  it.each(SETTING_NAMES)('%s has a default that its schema accepts as it is', (name) => {
    expect(z.parse(SETTINGS[name].schema, DEFAULT_SETTINGS[name])).toBe(DEFAULT_SETTINGS[name]);
  });
});
