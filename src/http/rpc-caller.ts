/** The permissions of a Worker that calls over RPC. */
import * as z from 'zod/mini';
import { requireCanonicalResource } from '../protocol/resource.ts';

/** The permissions of a calling Worker: its binding's `props`, which the caller cannot change. */
export type CallerProps = {
  /** The caller's name in the audit log. */
  caller?: string;
  /** The ids of the connected apps that the caller may use; `*` is every app. Default: none. */
  apps?: readonly string[];
  /** True for a caller that may connect these apps by assertions, for any user. Default: false. */
  connects?: boolean;
  /** The resources whose tokens the caller may introspect and revoke. Default: every resource. */
  resources?: readonly string[];
};

const Names = z.array(z.string().check(z.minLength(1)));
// Strict: a misspelt name would leave a permission unrestricted.
const Props = z.strictObject({
  caller: z.optional(z.string()),
  apps: z.exactOptional(Names),
  connects: z.exactOptional(z.boolean()),
  resources: z.exactOptional(Names),
});

/** Parses the permissions of a caller. @throws TypeError for invalid `props`. */
export function parseCallerProps(props: CallerProps | undefined) {
  const parsed = Props.safeParse(props ?? {});
  if (!parsed.success)
    throw new TypeError(
      'props of the binding: only { caller, apps, connects, resources }; apps and resources are lists.',
    );
  const { caller = 'unnamed', apps = [], connects = false, resources } = parsed.data;
  return { actor: `worker:${caller}`, apps, connects, allowedResources: resources?.map(requireCanonicalResource) };
}
