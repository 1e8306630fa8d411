/**
 * `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): a request that makes something may be sent again when
 * its answer was lost. Ids and secrets then follow from the key, under the root secret, so the second request comes to
 * what the first one made, and can be shown its secret although only a hash is kept.
 */
import { sha256 } from '../crypto/digest.ts';
import { derivedText, type Letters, randomText } from '../crypto/random.ts';
import { DAY } from '../protocol/lifetimes.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import type { Deps } from './context.ts';

/** What a new record is called, and what it is given to keep. */
export type Making = {
  id: Letters;
  secret: Letters;
  /**
   * Looks at what is there now under the id.
   * @param isSame whether it is what this request would have made.
   * @returns the same; undefined where nothing was made, by chance.
   * @throws OAuthError conflict where it is not the same, is gone, or was made too long ago to be shown again.
   */
  check: <T extends Made>(made: T | undefined, isSame: (made: T) => boolean) => T | undefined;
};
type Made = { createdAt: number };

export const BY_CHANCE: Making = { id: randomText, secret: randomText, check: (made) => made };

/** How long the same request comes to the same answer. */
const GOOD_FOR = DAY;

const REFUSALS = {
  gone: 'nothing is there that this Idempotency-Key made: it was ended since, or could not be made.',
  other: 'this Idempotency-Key came with another request before, or what it made was changed since.',
  old: 'this Idempotency-Key was used more than a day ago: take another one.',
};

/** A string of RFC 9651, or the same without quotation marks. */
const KEY = /^(?:"([\x20\x21\x23-\x5b\x5d-\x7e]{1,255})"|([\x21\x23-\x5b\x5d-\x7e]{1,255}))$/;

/**
 * @param header what stands in `Idempotency-Key`, if anything does.
 * @param actor a key is theirs: somebody else's of the same text is another one.
 * @param request what is to be made; with the same key it must be the same.
 * @throws OAuthError invalid_request for a key that is none.
 */
export function makingOf(
  { config, moment }: Pick<Deps, 'config' | 'moment'>,
  header: string | undefined,
  actor: string,
  request: object,
): Making {
  if (header === undefined) return BY_CHANCE;
  const [, quoted, bare] = KEY.exec(header) ?? [];
  const key = quoted ?? bare;
  if (key === undefined) {
    throw new OAuthError('invalid_request', 'Idempotency-Key: it must be a text of 1 to 255 printable characters.');
  }
  const from = (...parts: string[]): Letters =>
    derivedText((round) => config.root.mac('idempotency', JSON.stringify([actor, key, ...parts, round])));
  return {
    id: from('id'),
    secret: from('secret', sha256(JSON.stringify(request))),
    check(made, isSame) {
      const { gone, other, old } = REFUSALS;
      const why = !made ? gone : !isSame(made) ? other : made.createdAt < moment.now - GOOD_FOR ? old : undefined;
      if (why !== undefined) throw new OAuthError('conflict', why);
      return made;
    },
  };
}
