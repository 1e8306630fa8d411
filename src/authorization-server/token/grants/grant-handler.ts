/** The interface of grant types. */
import type { Deps } from '../../../http/context.ts';
import type { Parameters } from '../../../http/parameters.ts';
import type { AuthenticatedClient } from '../../clients/authenticate/method.ts';
import type { TokenResponse } from '../issue.ts';

/**
 * Answers a token request of one grant type.
 * @throws OAuthError invalid_grant, invalid_request, invalid_scope, invalid_target
 */
export type GrantHandler = (deps: Deps, caller: AuthenticatedClient, form: Parameters) => Promise<TokenResponse>;
