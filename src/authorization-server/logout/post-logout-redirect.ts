/** The sealed redirect after logout, as part of the confirmation form. */
import * as z from 'zod';
import type { Deps } from '../../http/context.ts';

const PostLogoutRedirect = z.object({
  /** The post_logout_redirect_uri, as registered. */
  uri: z.string().optional(),
  state: z.string().optional(),
  /** True if the user is redirected at once; else a page shows the link. */
  atOnce: z.boolean(),
});
export type PostLogoutRedirect = z.infer<typeof PostLogoutRedirect>;

export function sealPostLogoutRedirect({ config }: Pick<Deps, 'config'>, back: PostLogoutRedirect): Promise<string> {
  return config.root.seal('end-session', back);
}

/** Opens a redirect; undefined for anything that this server did not seal. */
export async function openPostLogoutRedirect(
  { config }: Pick<Deps, 'config'>,
  sealed: string,
): Promise<PostLogoutRedirect | undefined> {
  const opened = PostLogoutRedirect.safeParse(await config.root.unseal('end-session', sealed));
  return opened.success ? opened.data : undefined;
}
