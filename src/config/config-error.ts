/** Errors of the configuration: one that stops the Worker, and secrets that are ignored. */

/** Thrown for an invalid configuration. The message is a sentence for the administrator. */
export class ConfigError extends Error {}

/** A malformed secret. The reason never has its value. */
export type UnusableSecret = { name: string; reason: string };

/** The value of `read`; undefined, with an entry in `unusable`, for a malformed secret that is not in use. */
export function unlessUnused<T>(
  name: string,
  isInUse: boolean,
  unusable: UnusableSecret[],
  read: () => T,
): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ConfigError) || isInUse) throw error;
    unusable.push({ name, reason: error.message });
    return undefined;
  }
}
