/** The schemas of URLs in client metadata, other than redirect URIs. */
import * as z from 'zod';
import { isPlainText, NOT_PLAIN_TEXT } from './control-characters.ts';
import { isLoopbackRedirect } from './redirect-uri.ts';

const MAX_LENGTH = 2000;

/** A link on a page: http or https only. */
export const WebUrl = z
  .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
  .max(MAX_LENGTH)
  .refine(isPlainText, NOT_PLAIN_TEXT);

/** A URL with a security function: https, or http on loopback. */
export const SecureUrl = WebUrl.refine((uri) => /^https:/i.test(uri) || isLoopbackRedirect(uri), {
  error: 'must be an https URL, or http on loopback',
});
