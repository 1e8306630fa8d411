/** Client credentials of social logins in secrets `SOCIAL_LOGIN_ID`, which override those of the record. */
import * as z from 'zod/mini';
import type { UnusableSecret } from './config-error.ts';
import { parseSecretJson } from './secret-json.ts';

/** Client credentials with their issuer: they are sent to no other, whatever the record says. */
export type SocialLoginCredentials = { issuer: string; clientId: string; clientSecret?: string | undefined };

const SOCIAL_LOGIN_NAME = /^SOCIAL_LOGIN_([A-Z][A-Z0-9_]*)$/;
const NotEmpty = z.string().check(z.minLength(1));
const Credentials = z.pipe(
  z.strictObject({ issuer: NotEmpty, client_id: NotEmpty, client_secret: z.optional(NotEmpty) }),
  z.transform(({ issuer, client_id, client_secret }) => ({ issuer, clientId: client_id, clientSecret: client_secret })),
);

/** The credentials by the id of the record. */
export function parseSocialLogins(
  values: Record<string, unknown>,
  unusable: UnusableSecret[],
): ReadonlyMap<string, SocialLoginCredentials> {
  const found = new Map<string, SocialLoginCredentials>();
  for (const [name, value] of Object.entries(values)) {
    const id = SOCIAL_LOGIN_NAME.exec(name)?.[1]?.toLowerCase().replaceAll('_', '-');
    if (id === undefined || value === undefined) continue;
    const credentials = Credentials.safeParse(parseSecretJson(String(value)));
    if (credentials.success) found.set(id, credentials.data);
    else unusable.push({ name, reason: `${name} must be JSON with "issuer", "client_id" and "client_secret".` });
  }
  return found;
}
