/** Discovery of the server of a connected app, and registration as its client. */
import { OutboundFailure } from '../http/outbound/outbound-budget.ts';
import { type ClientAuthMethod, NO_AUTHENTICATION } from '../protocol/authentication-method.ts';
import type { AppRegistration, ConnectedAppDescription } from '../protocol/connected-app.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import { templateOf } from '../providers/index.ts';
import { sealAppSecret } from '../storage/providers/connected-app-secrets.ts';
import type { ConnectedApp } from '../storage/providers/connected-apps.ts';
import { findServer } from './app-server.ts';
import { pkceProblem } from './authorization-request.ts';
import type { AppDeps } from './connected-apps.ts';
import { acceptsDpop } from './dpop-proofs.ts';
import type { Freshness } from './metadata-document.ts';
import { ProviderFailure } from './provider-failure.ts';
import type { FoundServer } from './record-metadata.ts';
import { defaultAuthMethod, obtainRegistration } from './registration.ts';

/** The description by an administrator, and the client credentials at the provider. */
export type ConnectedAppInput = {
  template: string;
  description: ConnectedAppDescription;
  clientId?: string | undefined;
  clientSecret?: string | undefined;
};

/**
 * The row of an app: its metadata discovered and validated, and this server registered where no client id was given.
 * @param before the current row; its credentials are kept where the issuer is the same.
 * @param freshness `now` where a migration was just detected.
 * @throws OAuthError invalid_request with the problem of the server.
 */
export async function discoverAndRegisterApp(
  deps: AppDeps,
  id: string,
  input: ConnectedAppInput,
  before: ConnectedApp | undefined,
  freshness: Freshness = 'latest',
): Promise<ConnectedApp> {
  try {
    return await discoverAndRegister(deps, id, input, before, freshness);
  } catch (error) {
    if (!(error instanceof OutboundFailure || error instanceof ProviderFailure)) throw error;
    const why = error instanceof ProviderFailure ? error.detail : error.message;
    throw new OAuthError('invalid_request', `${why}.`, { cause: error });
  }
}

async function discoverAndRegister(
  deps: AppDeps,
  id: string,
  input: ConnectedAppInput,
  before: ConnectedApp | undefined,
  freshness: Freshness,
) {
  const template = templateOf(input.template);
  const noPkce =
    input.description.pkce === 'never' &&
    pkceProblem(template, input.description.scopes ?? template.connectedApp.scopes);
  if (noPkce) throw new OAuthError('invalid_request', `pkce: ${noPkce}.`);
  const found = await findServer(deps, template, input.description, freshness);
  const { issuer } = found.server;
  if (template.requiresPkce && !found.server.code_challenge_methods_supported?.includes('S256'))
    throw new ProviderFailure('unusable', `${issuer} does not support PKCE with S256`);
  if (input.description.dpop === 'always' && acceptsDpop(found.server) === false)
    throw new ProviderFailure('unusable', `${issuer} takes no DPoP proofs that this server can make (ES256)`);
  // Credentials for an issuer are never sent to another one.
  const same = before?.issuer === issuer ? before : undefined;
  const { registration, secret } = await registrationFor(deps, id, input, found, same);
  return {
    id,
    template: input.template,
    description: input.description,
    issuer,
    registration,
    metadataUrl: found.metadataUrl,
    completedBy: found.completedBy,
    warning: found.warning,
    resourceScopes: found.resourceScopes,
    publishedResource: found.publishedResource,
    sealedSecret:
      secret === 'unchanged'
        ? (same?.sealedSecret ?? null)
        : await sealAppSecret(deps.config.root, { id, issuer }, secret),
    createdAt: before?.createdAt ?? deps.moment.now,
    disabledAt: before?.disabledAt ?? null,
  };
}

async function registrationFor(
  deps: AppDeps,
  id: string,
  { description, clientId, clientSecret, template }: ConnectedAppInput,
  { server }: FoundServer,
  same: ConnectedApp | undefined,
): Promise<{ registration: AppRegistration; secret: string | undefined | 'unchanged' }> {
  const given = clientId ?? (same?.registration.how === 'given' ? same.registration.clientId : undefined);
  if (given === undefined) {
    const isExpired = (same?.registration.secretUntil ?? Number.POSITIVE_INFINITY) <= deps.moment.now;
    if (same && same.registration.how !== 'given' && description.auth_method === undefined && !isExpired)
      return { registration: same.registration, secret: 'unchanged' };
    return obtainRegistration(deps, id, server, description);
  }
  const keepsSecret = clientSecret === undefined && same?.sealedSecret != null && given === same.registration.clientId;
  const hasSecret = clientSecret !== undefined || keepsSecret;
  const stored = given === same?.registration.clientId ? storedMethod(same) : undefined;
  const ofSecret = stored ?? templateOf(template).authMethod ?? defaultAuthMethod(server);
  const authMethod = description.auth_method ?? (hasSecret ? ofSecret : NO_AUTHENTICATION);
  if (authMethod.startsWith('client_secret') && !hasSecret)
    throw new OAuthError('invalid_request', `${authMethod} needs the client secret.`);
  const registration: AppRegistration = { how: 'given', clientId: given, authMethod };
  return { registration, secret: keepsSecret ? 'unchanged' : clientSecret };
}

/** The authentication method used so far, where no administrator chose one. */
function storedMethod({ description, registration }: ConnectedApp): ClientAuthMethod | undefined {
  const { authMethod } = registration;
  return description.auth_method === undefined && authMethod.startsWith('client_secret') ? authMethod : undefined;
}
