/** API keys of the users of a Frappe site. */
import type * as z from 'zod';
import { ImportedApiKey } from '../../../src/admin/imports/schemas.ts';
import type { FrappeExport } from './export-file.ts';
import type { Planned } from './plan.ts';

/** @param users the users that are imported, by their names at the site. */
export function planApiKeys(site: FrappeExport, users: ReadonlySet<string>): Planned<z.input<typeof ImportedApiKey>> {
  const planned: Planned<z.input<typeof ImportedApiKey>> = { records: [], leftOut: [], notes: [] };
  for (const { name, api_key, api_secret } of site.users.filter((user) => user.api_key !== '')) {
    const leaveOut = (text: string) => planned.leftOut.push({ kind: 'API key', name, text });
    const result = ImportedApiKey.safeParse({ user: name, key: api_key, secret: api_secret });
    if (api_secret === '') leaveOut('the site has no secret for it');
    else if (!users.has(name)) leaveOut('its user is not imported');
    else if (!result.success) leaveOut('it has a form that no request header can hold');
    else planned.records.push(result.data);
  }
  if (planned.records.length > 0) {
    const text = 'keys expire after 365 days, and have every scope but those of the APIs of this server';
    planned.notes.push({ kind: 'API key', name: `${planned.records.length} keys`, text });
  }
  return planned;
}
