/**
 * The authorization code: the sealed approved request with the id of the only grant that it can become. Redemption needs
 * no lookup, and the primary key of the grant makes the code single-use.
 */
import type { RootSecrets } from '../crypto/seal.ts';
import { type PushedRequestId, parseGrantId, parsePushedRequestId, shardOf } from '../protocol/credentials.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import { formatCode, MAX_CODE_LENGTH, parseCode } from '../protocol/token-format.ts';
import { type AuthorizationCode, fromSealedMembers, toSealedMembers } from './authorization-code-members.ts';

/** The members that are always in the code; the others may be stored with the pushed request. */
const CORE_MEMBERS = ['g', 'c', 'p', 's', 'i', 'h', 'k', 'a', 'b', 'e'];

/**
 * Seals a code. A code that would be too long keeps only its core and refers to the pushed request.
 * @returns the code, and the rest of its content, which must be stored with the pushed request.
 * @throws OAuthError invalid_request if the request is too long for a code and was not pushed.
 */
export async function sealAuthorizationCode(
  root: RootSecrets,
  code: AuthorizationCode,
  pushed: PushedRequestId | undefined,
): Promise<{ text: string; rest?: Record<string, unknown> }> {
  const whole = toSealedMembers(code);
  const shard = shardOf(code.grant);
  const text = formatCode(shard, await root.seal('code', whole));
  if (text.length <= MAX_CODE_LENGTH) return { text };
  if (!pushed) {
    throw new OAuthError(
      'invalid_request',
      'this request is too long for an authorization code. Push it (PAR, RFC 9126), or use a shorter nonce, redirect URI, or fewer scopes, resources and claims.',
    );
  }
  const [core, rest] = [true, false].map((isCore) =>
    Object.fromEntries(Object.entries(whole).filter(([name]) => CORE_MEMBERS.includes(name) === isCore)),
  );
  return { text: formatCode(shard, await root.seal('code', { ...core, q: pushed })), ...(rest && { rest }) };
}

/**
 * Opens a code; undefined for anything that this server did not seal. The caller checks expiry. The shard of the sealed
 * grant counts: a different prefix makes the code invalid before any storage access.
 * @param restOf reads the content that is stored with the pushed request.
 */
export async function openAuthorizationCode(
  root: RootSecrets,
  text: string,
  restOf: (pushed: PushedRequestId) => Promise<Record<string, unknown> | undefined>,
): Promise<AuthorizationCode | undefined> {
  const parsed = parseCode(text);
  const content = parsed && ((await root.unseal('code', parsed.sealed)) as { g?: unknown; q?: unknown } | undefined);
  const grant = parseGrantId(content?.g);
  if (!grant || shardOf(grant) !== parsed?.shard) return undefined;
  const pushed = parsePushedRequestId(content?.q);
  const rest = pushed && (await restOf(pushed));
  return fromSealedMembers({ ...rest, ...content });
}
