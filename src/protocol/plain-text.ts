/** The schema of a displayed text of one line, such as a name. */
import * as z from 'zod';
import { isPlainText, NOT_PLAIN_TEXT } from './control-characters.ts';

export const PlainText = z.string().refine(isPlainText, NOT_PLAIN_TEXT);
