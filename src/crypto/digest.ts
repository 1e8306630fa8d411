/** SHA-256, and comparing secrets without telling by the time it takes how much of them was right. */
import { hash, timingSafeEqual } from 'node:crypto';

/** SHA-256 of UTF-8 text, in base64url without padding. */
export function sha256(text: string): string {
  return hash('sha256', text, 'base64url');
}

/** Whether two texts are equal, in a time that depends on neither. */
export function equalInConstantTime(a: string, b: string): boolean {
  const digest = (text: string) => hash('sha256', text, 'buffer');
  return timingSafeEqual(digest(a), digest(b));
}
