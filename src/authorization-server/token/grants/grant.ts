/** What a grant is made of. */
import type { GrantFacts } from '../../../protocol/client-metadata.ts';
import type { Deps } from '../../../web/context.ts';
import type { Parameters } from '../../../web/parameters.ts';
import type { Caller } from '../../clients/authenticate/method.ts';
import type { TokenResponse } from '../issue.ts';

export type Grant = GrantFacts & {
  /** @throws OAuthError invalid_grant, invalid_request, invalid_scope, invalid_target */
  handle: (deps: Deps, caller: Caller, form: Parameters) => Promise<TokenResponse>;
};
