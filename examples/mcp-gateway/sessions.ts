/** Sessions of MCP servers, bound to their users: who learns the id of another user's session cannot use it. */

async function tagOf(key: string, user: string, session: string): Promise<string> {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const secret = await crypto.subtle.importKey('raw', bytes(key), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  const tag = await crypto.subtle.sign('HMAC', secret, bytes(JSON.stringify([user, session])));
  return [...new Uint8Array(tag)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The id of a session with the tag of its user; null where there is none. */
export const sealSession = async (key: string, user: string, session: string | null): Promise<string | null> =>
  session === null ? null : `${await tagOf(key, user, session)}.${session}`;

/** @returns the id of the MCP server; undefined for a session of another user, or none of ours. */
export async function openSession(key: string, user: string, presented: string): Promise<string | undefined> {
  const session = presented.slice(presented.indexOf('.') + 1);
  // Compared as hashes of one length; the tag is no secret of its holder.
  return presented === (await sealSession(key, user, session)) ? session : undefined;
}
