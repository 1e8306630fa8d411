/** This server as the client of the provider of a social login. */
import { InvalidJwt } from '../crypto/invalid-jwt.ts';
import type { Deps } from '../http/context.ts';
import type { ProviderClient, ProviderClientDeps } from '../oauth-client/provider-client.ts';
import { ProviderFailure } from '../oauth-client/provider-failure.ts';
import { clientOfRecord } from '../oauth-client/record-client.ts';
import type { ServerMetadata } from '../protocol/server-metadata.ts';
import { configuredEndpoints, socialLoginCallbackPath } from '../protocol/social-login.ts';
import { type IdentityProvider, identityProviderOf } from '../providers/index.ts';
import { saveLoginAuthMethod } from '../storage/providers/social-login-changes.ts';
import { openLoginSecret } from '../storage/providers/social-login-secrets.ts';
import type { SocialLogin } from '../storage/providers/social-logins.ts';
import { configuredCredentials } from './requirements.ts';

export type LoginDeps = ProviderClientDeps & Pick<Deps, 'databases'>;

/** The scopes requested at the provider. */
export const scopesOfLogin = ({ provider, description }: SocialLogin): readonly string[] =>
  description.scopes ?? identityProviderOf(provider).socialLogin.scopes;

/**
 * This server as the client of a provider.
 * @param hints further parameters of the authorization request.
 * @throws ProviderFailure
 */
export async function providerClientOfLogin(
  deps: LoginDeps,
  login: SocialLogin,
  hints: Record<string, string> = {},
): Promise<ProviderClient> {
  const provider = identityProviderOf(login.provider);
  const { query, acceptsHints } = provider.socialLogin;
  const client = await clientOfRecord(deps, provider, {
    stored: { ...login, issuer: login.issuer ?? '' },
    endpoints: configuredEndpoints(login.description),
    description: { ...login.description, raw_tokens: 'nobody' },
    authMethod: login.authMethod,
    clientSecret: await secretOf(deps, login, provider),
    saveAuthMethod: (method) => saveLoginAuthMethod(deps.databases, deps.moment, login, method),
  });
  return {
    ...client,
    clientId: clientIdOf(deps, login),
    redirectUri: deps.config.issuer + socialLoginCallbackPath(login.id),
    query: { ...query, ...login.description.query, ...(acceptsHints && acceptedHints(hints, client.server)) },
  };
}

/** The hints that the provider accepts: one that lists its values of `prompt` refuses others. */
function acceptedHints(
  { prompt, ...hints }: Record<string, string>,
  { prompt_values_supported: known }: ServerMetadata,
) {
  return prompt === undefined || known?.includes(prompt) === false ? hints : { prompt, ...hints };
}

const clientIdOf = ({ config }: ProviderClientDeps, login: SocialLogin): string =>
  configuredCredentials(config, login)?.clientId ?? login.clientId ?? '';

async function secretOf(
  deps: ProviderClientDeps,
  login: SocialLogin,
  { socialLogin }: IdentityProvider,
): Promise<string | undefined> {
  const configured = configuredCredentials(deps.config, login);
  const secret = configured ? configured.clientSecret : await openLoginSecret(deps.config.root, login);
  if (secret === undefined || !socialLogin.secretFor) return secret;
  const { description } = login;
  const given = { secret, clientId: clientIdOf(deps, login), description, now: deps.moment.now };
  return socialLogin.secretFor(given).catch((cause: unknown) => {
    if (!(cause instanceof InvalidJwt)) throw cause;
    throw new ProviderFailure('refused', cause.message, { cause });
  });
}
