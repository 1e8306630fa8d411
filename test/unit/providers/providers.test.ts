/** The table of providers: the files and addresses that its entries name. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { google } from '../../../src/providers/google.ts';
import { IDENTITY_PROVIDERS, TEMPLATES } from '../../../src/providers/index.ts';

const providers = Object.entries({ ...TEMPLATES, ...IDENTITY_PROVIDERS });

describe('the table of providers', () => {
  it('names only logos that are served', () => {
    const logos = providers.flatMap(([, { logo }]) => logo ?? []);
    expect(logos.length).toBeGreaterThan(5);
    expect(logos.filter((path) => !existsSync(join('public', path)))).toEqual([]);
  });

  it('sends tokens of Google to the hosts of its APIs', () => {
    expect(google.connectedApp.api).toContain('https://people.googleapis.com');
  });
});
