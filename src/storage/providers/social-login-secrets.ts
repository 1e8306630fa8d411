/** Client secrets of this server at identity providers: sealed, bound to the social login and its issuer. */
import { and, eq } from 'drizzle-orm';
import type { RootSecrets } from '../../crypto/seal.ts';
import type { Databases } from '../database/database.ts';
import { clearIsolateCaches } from '../database/isolate-cache.ts';
import { socialLogins } from '../schema/index.ts';
import { type ResealCounts, resealText, sealText, unsealText } from './sealed-text.ts';
import { listSocialLogins, type SocialLogin } from './social-logins.ts';

type BoundTo = Pick<SocialLogin, 'id' | 'issuer'>;

const sealContextOf = ({ id, issuer }: BoundTo) => `social-login ${id} ${issuer ?? ''}`;

/** The client secret of this server at the provider; undefined where there is none, or none that can be opened. */
export const openLoginSecret = (root: RootSecrets, login: SocialLogin): Promise<string | undefined> =>
  unsealText(root, login.sealedSecret, sealContextOf(login));

export async function sealLoginSecret(
  root: RootSecrets,
  login: BoundTo,
  secret: string | undefined,
): Promise<string | null> {
  return secret === undefined ? null : sealText(root, secret, sealContextOf(login));
}

/**
 * Seals secrets again that are not under the current root secret. @returns the numbers of resealed and unreadable ones.
 */
export async function resealLoginSecrets(databases: Databases, root: RootSecrets): Promise<ResealCounts> {
  const counts = { resealed: 0, unreadable: 0 };
  for (const login of await listSocialLogins(databases)) {
    await resealText(root, login.sealedSecret, sealContextOf(login), counts, (sealedSecret) =>
      databases.global
        .update(socialLogins)
        .set({ sealedSecret })
        .where(and(eq(socialLogins.id, login.id), eq(socialLogins.sealedSecret, login.sealedSecret ?? ''))),
    );
  }
  clearIsolateCaches();
  return counts;
}
