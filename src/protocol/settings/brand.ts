/** The group of settings about name and appearance: brand, logo, colour, playground. */
import * as z from 'zod/mini';
import { defineSettings } from './definition.ts';
import { choice, plainText, webAddress, withSchema } from './schemas.ts';

export const BRAND_SETTINGS = defineSettings('brand', {
  brand_name: {
    value: withSchema('Postern', () =>
      plainText().check(z.trim(), z.minLength(1, 'must be a name of 1 to 60 characters'), z.maxLength(60)),
    ),
    label: 'Server name',
    help: 'The name of this server in the header and title of pages.',
  },
  brand_logo: {
    value: withSchema('', () =>
      z.union(
        [
          z.literal(''),
          z.string().check(z.maxLength(500), z.regex(/^\/(?!\/)[\w./-]+$/)),
          webAddress().check(z.maxLength(500)),
        ],
        { error: 'must be a path such as /logo.png, or an http or https address of at most 500 characters' },
      ),
    ),
    label: 'Logo',
    help: 'The logo in the header of pages: a file of this server, such as /logo.png, or an https address, fetched once a day. PNG, JPEG, GIF or WebP, square, 100 KB at most.',
  },
  brand_colour: {
    value: withSchema('', () =>
      z.string().check(z.regex(/^(#[0-9A-Fa-f]{6})?$/, 'must be six hexadecimal digits after #, such as #17604f')),
    ),
    label: 'Colour',
    help: 'The colour of buttons and links, such as #17604f. It is darkened or lightened where its contrast is too low.',
  },
  playground: {
    value: choice(['localhost', 'on', 'off'], 'localhost'),
    label: 'Playground',
    help: 'Where the playground on the front page runs: only while the issuer is localhost, everywhere, or nowhere.',
    choices: { localhost: 'only on localhost', on: 'everywhere', off: 'nowhere' },
  },
});
