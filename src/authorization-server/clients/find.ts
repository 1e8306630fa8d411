/** Finding a client: accepted fast, refused only on the primary's word. */
import { isDocumentUrl } from '../../protocol/document-url.ts';
import { OAuthError, tooManyRequests } from '../../protocol/oauth-error.ts';
import { findClientLatest, findClientNear } from '../../storage/clients.ts';
import type { Deps } from '../../web/context.ts';
import { builtInClient } from './built-in.ts';
import type { Client } from './client.ts';
import { describedClient } from './metadata-document.ts';

type FindDeps = Pick<
  Deps,
  'databases' | 'moment' | 'ceilings' | 'network' | 'config' | 'settings' | 'cache' | 'later' | 'capabilities'
>;

/**
 * Judges a client. What this isolate or a replica holds may be accepted; before `judge` refuses for good, or the
 * client is called unknown, the primary is asked once (DESIGN §2).
 * @throws OAuthError invalid_client when there is no such client, and whatever `judge` throws.
 */
export async function judgeClient<T>(
  deps: FindDeps,
  id: string,
  judge: (client: Client) => T | Promise<T>,
): Promise<T> {
  const own = builtInClient(id, deps.config, await deps.settings());
  if (own) return judge(own);
  if (isDocumentUrl(id, deps.config.isLoopback)) return judgeDescribed(deps, id, judge);
  const near = await findClientNear(deps.databases, id, deps.moment.now);
  if (near) {
    try {
      return await judge(near);
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error;
    }
  } else {
    // Somebody who invents ids would send each of them to the primary.
    const { success } = await deps.ceilings.unknownClient.limit({ key: deps.network });
    if (!success) throw tooManyRequests('too many unknown clients were asked for from your network.', 60);
  }
  const latest = await findClientLatest(deps.databases, id, deps.moment.now);
  if (!latest) throw new OAuthError('invalid_client', 'there is no such client here.');
  return judge(latest);
}

/** A client whose id is the address of its description: what is held may be old, so before a refusal it is asked. */
async function judgeDescribed<T>(deps: FindDeps, url: string, judge: (client: Client) => T | Promise<T>): Promise<T> {
  const held = await describedClient(deps, url, 'held');
  try {
    return await judge(held);
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error;
  }
  return judge(await describedClient(deps, url, 'latest'));
}

/** @throws OAuthError unauthorized_client where an administrator disabled it. */
export function checkEnabled(client: Client): void {
  if (client.disabledAt === null) return;
  throw new OAuthError('unauthorized_client', 'an administrator disabled this client.');
}
