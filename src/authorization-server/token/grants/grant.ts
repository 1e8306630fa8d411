/** What a grant is made of. */
import type { Deps } from '../../../web/context.ts';
import type { Parameters } from '../../../web/parameters.ts';
import type { Client } from '../../clients/client.ts';
import type { TokenResponse } from '../issue.ts';

export type Grant = {
  grantType: string;
  /** @throws OAuthError invalid_grant, invalid_request, invalid_scope, invalid_target */
  handle: (deps: Deps, client: Client, form: Parameters) => Promise<TokenResponse>;
};
