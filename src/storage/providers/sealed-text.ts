/** Texts from providers, such as client secrets, sealed under a context that binds them to their record and its issuer. */
import type { RootSecrets } from '../../crypto/seal.ts';

/** Undefined where there is none, or none that can be opened. */
export async function unsealText(
  root: RootSecrets,
  sealed: string | null | undefined,
  context: string,
): Promise<string | undefined> {
  const text = sealed && (await root.unseal('third-party', sealed, context));
  return typeof text === 'string' ? text : undefined;
}

export const sealText = (root: RootSecrets, text: string, context: string): Promise<string> =>
  root.seal('third-party', text, context);

/** The numbers of texts that were sealed again, and of those that no root secret opens. */
export type ResealCounts = { resealed: number; unreadable: number };

/**
 * Seals a text again that is not under the current root secret, and counts it.
 * @param replace stores it where the row still has the value read: a text that was replaced meanwhile stays.
 */
export async function resealText(
  root: RootSecrets,
  sealed: string | null | undefined,
  context: string,
  counts: ResealCounts,
  replace: (sealedAgain: string) => Promise<unknown>,
): Promise<void> {
  if (!sealed) return;
  const text = await unsealText(root, sealed, context);
  if (text === undefined) counts.unreadable++;
  else if (!root.isCurrent(sealed)) {
    await replace(await sealText(root, text, context));
    counts.resealed++;
  }
}
