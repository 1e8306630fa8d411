/** Where a person goes after signing out, sealed: only this server can put it into its form. */
import * as z from 'zod';
import type { Deps } from '../../web/context.ts';

const Return = z.object({
  /** Exactly as the client registered it. */
  uri: z.string().optional(),
  state: z.string().optional(),
  /** Whether the person is sent there at once; else they are shown where it leads. */
  atOnce: z.boolean(),
});
export type Return = z.infer<typeof Return>;

export function sealReturn({ config }: Pick<Deps, 'config'>, back: Return): Promise<string> {
  return config.root.seal('end-session', back);
}

/** Undefined for what this server did not seal. */
export async function openReturn({ config }: Pick<Deps, 'config'>, sealed: string): Promise<Return | undefined> {
  const opened = Return.safeParse(await config.root.unseal('end-session', sealed));
  return opened.success ? opened.data : undefined;
}
