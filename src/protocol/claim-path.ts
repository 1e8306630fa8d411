/** A claim inside others, by the path of names that an administrator types. */

export type Claims = Readonly<Record<string, unknown>> | undefined;

/** A claim by its name, which may have dots in it (https://app.example/roles), else by a path of own members. */
export function claimAt(claims: Claims, path: string): unknown {
  if (!claims) return undefined;
  if (Object.hasOwn(claims, path)) return claims[path];
  let at: unknown = claims;
  for (const name of path.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined;
    at = (at as Record<string, unknown>)[name];
  }
  return at;
}
