/** Requests for classes of authentication, and what came of them. Inside workerd only. */
import { postToken, redemption, type TestClient, type Tokens } from './client.ts';
import { ISSUER, type Server } from './server.ts';
import type { User } from './user.ts';

/** Classes of more than one factor. */
export const MULTI_FACTOR = 'http://schemas.openid.net/pape/policies/2007/06/multi-factor';
export const REFEDS = 'https://refeds.org/profile/mfa';

/** Parameters of a request with an essential acr (OpenID Connect Core §5.5.1.1). */
export const essential = (...values: string[]) => ({
  claims: JSON.stringify({ id_token: { acr: { essential: true, values } } }),
});

/** True where this browser is signed in. */
export const isIn = async (user: User) => (await user.request('/account')).status === 200;

/** The parameters of the address that a response redirects to. */
export const parametersOf = (response: Response) =>
  new URL(response.headers.get('location') ?? '', ISSUER).searchParams;

/** The tokens that a code is redeemed for. */
export const tokensAt = async (server: Server, client: TestClient, code: string | null) =>
  (await (await postToken(server, client, redemption(code ?? ''))).json()) as Tokens;
