/** The grants: a table by `grant_type`. A grant more is a file and a line here; metadata and registration follow. */
import type { Deps } from '../../../web/context.ts';
import type { Parameters } from '../../../web/parameters.ts';
import type { Client } from '../../clients/client.ts';
import type { TokenResponse } from '../issue.ts';
import { authorizationCode } from './authorization-code.ts';
import { refreshToken } from './refresh-token.ts';

export type Grant = {
  grantType: string;
  /** @throws OAuthError invalid_grant, invalid_request, invalid_scope, invalid_target */
  handle: (deps: Deps, client: Client, form: Parameters) => Promise<TokenResponse>;
};

export const GRANTS: readonly Grant[] = [authorizationCode, refreshToken];

export const GRANT_TYPES: string[] = GRANTS.map(({ grantType }) => grantType);
