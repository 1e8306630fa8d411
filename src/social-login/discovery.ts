/** Discovery of the provider of a social login, and the row that results. */
import { OutboundFailure } from '../http/outbound/outbound-budget.ts';
import { pkceProblem } from '../oauth-client/authorization-request.ts';
import type { ProviderClientDeps } from '../oauth-client/provider-client.ts';
import {
  definedEndpoints,
  type FoundServer,
  findServerByIssuer,
  withMetadata,
  withoutMetadata,
} from '../oauth-client/record-metadata.ts';
import { defaultAuthMethod } from '../oauth-client/registration.ts';
import { discoverServerAt } from '../oauth-client/server-metadata.ts';
import { CLIENT_SECRET_BASIC } from '../protocol/authentication-method.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import { OPENID_SCOPE } from '../protocol/scope-names.ts';
import { configuredEndpoints, type SocialLoginDescription } from '../protocol/social-login.ts';
import { type IdentityProvider, identityProviderOf } from '../providers/index.ts';
import { openLoginSecret, sealLoginSecret } from '../storage/providers/social-login-secrets.ts';
import type { SocialLogin } from '../storage/providers/social-logins.ts';
import { checkRoleMapping } from './roles.ts';

/** The description by an administrator, and the client credentials at the provider. */
export type SocialLoginInput = {
  provider: string;
  description: SocialLoginDescription;
  clientId?: string | undefined;
  clientSecret?: string | undefined;
};

/**
 * The row of a social login, with the provider's metadata discovered and validated. It may be incomplete.
 * @param before the current row: its credentials are kept where the issuer is the same.
 * @throws OAuthError invalid_request with the problem of the provider.
 */
export async function discoverLogin(
  deps: ProviderClientDeps,
  id: string,
  input: SocialLoginInput,
  before: SocialLogin | undefined,
): Promise<SocialLogin> {
  const provider = identityProviderOf(input.provider);
  const { socialLogin: use } = provider;
  const { description } = input;
  if (Object.keys(configuredEndpoints(description)).length < Object.keys(description.endpoints).length)
    throw new OAuthError('invalid_request', 'base_url: endpoints that are only paths need it.');
  checkRoleMapping(description);
  const noPkce = description.pkce === 'never' && pkceProblem(provider, description.scopes ?? use.scopes);
  if (noPkce) throw new OAuthError('invalid_request', `pkce: ${noPkce}.`);
  const found = await findProvider(deps, provider, description);
  checkProfileSource(provider, description, found);
  const issuer = found?.server.issuer ?? null;
  // Credentials for an issuer are never sent to another one; the tenants of one provider count as one issuer.
  const isSame = before?.issuer === issuer || before?.issuer === null || use.tenantServerOf !== undefined;
  const same = isSame ? before : undefined;
  const storedSecret =
    same && input.clientSecret === undefined ? await openLoginSecret(deps.config.root, same) : undefined;
  const clientId = input.clientId ?? same?.clientId ?? null;
  // The authentication method used so far, where no administrator chose one.
  const storedMethod =
    same?.description.auth_method === undefined && same?.clientId === clientId ? same?.authMethod : undefined;
  const byProvider = provider.authMethod ?? (found ? defaultAuthMethod(found.server) : CLIENT_SECRET_BASIC);
  const authMethod = description.auth_method ?? storedMethod ?? byProvider;
  return {
    id,
    provider: input.provider,
    description,
    issuer,
    metadataUrl: found?.metadataUrl ?? null,
    completedBy: found?.completedBy ?? null,
    warning: found?.warning ?? null,
    clientId,
    authMethod,
    sealedSecret: await sealLoginSecret(deps.config.root, { id, issuer }, input.clientSecret ?? storedSecret),
    createdAt: before?.createdAt ?? deps.moment.now,
    disabledAt: before?.disabledAt ?? null,
  };
}

async function findProvider(
  deps: ProviderClientDeps,
  provider: IdentityProvider,
  description: SocialLoginDescription,
): Promise<FoundServer | undefined> {
  const { tenantServerOf, scopes } = provider.socialLogin;
  try {
    const tenantServer = tenantServerOf?.(description);
    if (tenantServer)
      return withMetadata(await discoverServerAt(deps, tenantServer.metadataUrl, tenantServer.issuer, 'latest'));
    if (tenantServerOf) return undefined;
    const named = description.issuer ?? provider.issuer;
    const typed = configuredEndpoints(description);
    const isOpenId = (description.scopes ?? scopes).includes(OPENID_SCOPE);
    if (named !== undefined) return await findServerByIssuer(deps, provider, { named, typed, isOpenId });
    const { authorization_endpoint } = { ...provider.endpoints, ...typed };
    return authorization_endpoint === undefined
      ? undefined
      : withoutMetadata({ issuer: new URL(authorization_endpoint).origin });
  } catch (error) {
    if (!(error instanceof OutboundFailure)) throw error;
    throw new OAuthError('invalid_request', `${error.message}.`, { cause: error });
  }
}

/** @throws OAuthError where metadata was found, and nothing in it can say who signs in. */
function checkProfileSource(
  provider: IdentityProvider,
  description: SocialLoginDescription,
  found: FoundServer | undefined,
): void {
  if (!found || found.metadataUrl === null) return;
  const known = definedEndpoints(provider, found.server.issuer);
  const { userinfo_endpoint } = { ...known, ...found.server, ...configuredEndpoints(description) };
  const takesIdToken =
    !provider.ignoresIdToken && (description.scopes ?? provider.socialLogin.scopes).includes(OPENID_SCOPE);
  if (userinfo_endpoint || takesIdToken) return;
  throw new OAuthError(
    'invalid_request',
    `the provider's metadata (${found.metadataUrl}) names no userinfo endpoint, and without the scope openid no id_token says who signs in: give the userinfo endpoint, or ask for openid.`,
  );
}
