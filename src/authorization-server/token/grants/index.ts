/** The grants: a table by `grant_type`. A grant more is a file and a line here; metadata and registration follow. */

import { authorizationCode } from './authorization-code.ts';
import type { Grant } from './grant.ts';
import { refreshToken } from './refresh-token.ts';

export const GRANTS: readonly Grant[] = [authorizationCode, refreshToken];

export const GRANT_TYPES: string[] = GRANTS.map(({ grantType }) => grantType);
