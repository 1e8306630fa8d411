/** JSON in a secret. */

/** @returns undefined for text that is no JSON. */
export function parseSecretJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
