/** The credential of the local command: a MAC under the root secret. Accepted only where the issuer is loopback. */
import type { RootSecrets } from '../crypto/seal.ts';
import { MINUTE } from './lifetimes.ts';

const TOKEN = /^pl_(\d{13})_([A-Za-z0-9_-]{43})$/;

/** `pl_<expiry>_<MAC>`, valid for a minute, for this issuer. `now` is in milliseconds. */
export function localCommandToken(root: RootSecrets, issuer: string, now: number): string {
  const until = now + MINUTE;
  return `pl_${until}_${root.mac('local-command', `${issuer} ${until}`)}`;
}

/** @returns true for a token of this server that has not expired. */
export function isValidLocalCommandToken(root: RootSecrets, issuer: string, now: number, token: string): boolean {
  const [, until, mac] = TOKEN.exec(token) ?? [];
  if (!until || !mac || Number(until) <= now || Number(until) > now + 2 * MINUTE) return false;
  return root.macMatches('local-command', `${issuer} ${until}`, mac);
}
