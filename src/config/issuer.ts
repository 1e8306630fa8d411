/** The configured issuer: an https origin, or http on loopback (RFC 8414 §2). */
import { ConfigError } from './config-error.ts';

const LOOPBACK_HOSTS = ['localhost', '127.0.0.1', '[::1]'];

/** @returns true for a loopback host. */
export const isLoopbackHost = (hostname: string): boolean => LOOPBACK_HOSTS.includes(hostname);

/** Validates the issuer. @throws ConfigError for anything but an https origin, or http on loopback. */
export function parseIssuer(text: string): { issuer: string; isLoopback: boolean } {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isLoopback = url !== undefined && isLoopbackHost(url.hostname);
  // RFC 8414 §2: the issuer is an https URL; http only on loopback.
  if (!url || url.origin !== text || !(url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback))) {
    throw new ConfigError(
      'ISSUER must be an origin without a path, such as "https://id.example.com" (http only for localhost).',
    );
  }
  return { issuer: text, isLoopback };
}
