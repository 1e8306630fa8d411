/** How the local command proves itself: that it can read the root secret. Only where the issuer is loopback. */
import type { RootSecrets } from '../crypto/seal.ts';
import { MINUTE } from './lifetimes.ts';

const TOKEN = /^pl_(\d{13})_([A-Za-z0-9_-]{43})$/;

/** `pl_<until>_<MAC>`, good for a minute, for this issuer. `now` is in milliseconds. */
export function localCommandToken(root: RootSecrets, issuer: string, now: number): string {
  const until = now + MINUTE;
  return `pl_${until}_${root.mac('local-command', `${issuer} ${until}`)}`;
}

export function localCommandTokenHolds(root: RootSecrets, issuer: string, now: number, token: string): boolean {
  const [, until, mac] = TOKEN.exec(token) ?? [];
  if (!until || !mac || Number(until) <= now || Number(until) > now + 2 * MINUTE) return false;
  return root.macMatches('local-command', `${issuer} ${until}`, mac);
}
