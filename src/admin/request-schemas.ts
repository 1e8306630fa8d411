/** Schemas of the admin API's requests; the command validates with them before it sends. */
import * as z from 'zod';
import { SETTING_NAMES, type SettingName, Settings } from '../protocol/settings.ts';

export const SettingNameParameter = z.enum(SETTING_NAMES, {
  error: 'there is no such setting; "settings list" shows them all',
});

export const SettingRequest = z.strictObject({
  value: z.union([z.string(), z.number(), z.boolean()]).describe('The new value, of the type of the old one.'),
});

/** The value of one setting, by the schema that the Worker reads it with. */
export function parseSettingValue(name: SettingName, value: unknown): z.ZodSafeParseResult<unknown> {
  return z.safeParse(Settings.shape[name], value);
}

/** POST /revocations: revokes the tokens and grants of a client, of a user, or of both together. */
export const RevocationRequest = z
  .strictObject({ client: z.string().max(2000).optional(), user: z.string().max(100).optional() })
  .refine(({ client, user }) => client !== undefined || user !== undefined, {
    error: 'name a client, a user, or both',
  });

/** Query of GET /counts: the number of days counted back from today. */
export const CountsQuery = z.object({ days: z.coerce.number().int().min(1).max(400).default(30) });
