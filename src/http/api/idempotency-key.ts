/**
 * `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): a request that creates a record may be repeated when
 * its response was lost. Id and secret are derived from the key, under the root secret, so the second request finds the
 * record of the first, and its response has the secret although only a hash is stored.
 */
import { sha256 } from '../../crypto/digest.ts';
import { derivedText, randomText, type TextGenerator } from '../../crypto/random.ts';
import { DAY } from '../../protocol/lifetimes.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import type { Deps } from '../context.ts';

/** The generators of a new record's id and secret, and the check for a repeated request. */
export type Creation = {
  id: TextGenerator;
  secret: TextGenerator;
  /**
   * Checks the record that exists under the id.
   * @param isSame compares it with the record that this request creates.
   * @returns the record; undefined where the id is random and new.
   * @throws OAuthError conflict for a different, deleted or too old record.
   */
  check: <T extends CreatedRecord>(made: T | undefined, isSame: (made: T) => boolean) => T | undefined;
};
type CreatedRecord = { createdAt: number };

export const RANDOM_CREATION: Creation = { id: randomText, secret: randomText, check: (made) => made };

/** The time in which a repeated request has the same response. */
const IDEMPOTENCY_WINDOW = DAY;

const REFUSALS = {
  gone: 'the record that was created with this Idempotency-Key does not exist: it was deleted, or its creation failed.',
  other: 'this Idempotency-Key was used with a different request, or the record that it created was changed since.',
  old: 'this Idempotency-Key was used more than a day ago: use a new one.',
};

/** A string of RFC 9651, or the same without quotation marks. */
const KEY = /^(?:"([\x20\x21\x23-\x5b\x5d-\x7e]{1,255})"|([\x21\x23-\x5b\x5d-\x7e]{1,255}))$/;

/**
 * The creation that a request's `Idempotency-Key` determines; a random one without the header.
 * @param actor the user or API key; keys of different actors are independent.
 * @param request the content of the request, which must be the same with the same key.
 * @throws OAuthError invalid_request for a malformed key.
 */
export function creationFor(
  { config, moment }: Pick<Deps, 'config' | 'moment'>,
  header: string | undefined,
  actor: string,
  request: object,
): Creation {
  if (header === undefined) return RANDOM_CREATION;
  const [, quoted, bare] = KEY.exec(header) ?? [];
  const key = quoted ?? bare;
  if (key === undefined) {
    throw new OAuthError('invalid_request', 'Idempotency-Key: it must have 1 to 255 printable characters.');
  }
  const from = (...parts: string[]): TextGenerator =>
    derivedText((round) => config.root.mac('idempotency', JSON.stringify([actor, key, ...parts, round])));
  return {
    id: from('id'),
    secret: from('secret', sha256(JSON.stringify(request))),
    check(made, isSame) {
      const { gone, other, old } = REFUSALS;
      const why = !made
        ? gone
        : !isSame(made)
          ? other
          : made.createdAt < moment.now - IDEMPOTENCY_WINDOW
            ? old
            : undefined;
      if (why !== undefined) throw new OAuthError('conflict', why);
      return made;
    },
  };
}
