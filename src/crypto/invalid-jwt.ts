/** The errors of a JWT that is not accepted. */
import { errors } from 'jose';

/** Thrown for a forged, expired or otherwise invalid JWT. Its message is for the log. */
export class InvalidJwt extends Error {}

/** Thrown for an expired JWT that is otherwise valid. */
export class ExpiredJwt extends InvalidJwt {}

/** Thrown where none of the known keys matches: there may be newer ones. */
export class NoMatchingKey extends InvalidJwt {}

/** Maps jose's errors about invalid JWTs and keys to InvalidJwt; returns any other error unchanged. */
export function toInvalidJwt(error: unknown): unknown {
  if (error instanceof errors.JWTExpired) return new ExpiredJwt(error.message);
  const isAbout = error instanceof errors.JOSEError || error instanceof TypeError || error instanceof DOMException;
  return isAbout ? new InvalidJwt(error.message) : error;
}
