/** Social logins: finding out about a provider, what a record still needs, and being the provider's client. */
import { authenticationOf, type Party, type PartyDeps, withDirectories } from '../client/party.ts';
import { usesDpop } from '../client/proofs.ts';
import { ProviderFailure } from '../client/provider-failure.ts';
import { defaultMethod } from '../client/registration.ts';
import { discoverServer, serverAt } from '../client/server-metadata.ts';
import type { Config } from '../config.ts';
import { InvalidJwt } from '../crypto/jwt.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import type { ServerMetadata } from '../protocol/server-metadata.ts';
import { endpointsOf, returnPath, type SocialLoginDescription } from '../protocol/social-login.ts';
import { openLoginSecret, type SocialLogin, sealLoginSecret } from '../storage/social-logins.ts';
import { OutboundFailure } from '../web/outbound.ts';
import { presetOf } from './presets/index.ts';
import type { Need, Preset } from './presets/preset.ts';

/** What an administrator says, and the credentials that the provider gave. */
export type Said = {
  provider: string;
  description: SocialLoginDescription;
  clientId?: string | undefined;
  clientSecret?: string | undefined;
};

/**
 * The row of a social login, with the provider's metadata found and checked. It may be incomplete.
 * @param before the row as it is: its credentials go on where the issuer is the same.
 * @throws OAuthError invalid_request that says what is wrong with the provider.
 */
export async function establishLogin(
  deps: PartyDeps,
  id: string,
  said: Said,
  before: SocialLogin | undefined,
): Promise<SocialLogin> {
  const preset = presetOf(said.provider);
  const { description } = said;
  if (Object.keys(endpointsOf(description)).length < Object.keys(description.endpoints).length)
    throw new OAuthError('invalid_request', 'base_url: endpoints that are only paths need it.');
  const found = await findProvider(deps, preset, description);
  const issuer = found?.server.issuer ?? null;
  // What belongs to an issuer is never shown to another one; the directories of one provider are one.
  const isSame = before?.issuer === issuer || before?.issuer === null || preset.placeOf !== undefined;
  const same = isSame ? before : undefined;
  const kept = same && said.clientSecret === undefined ? await openLoginSecret(deps.config.root, same) : undefined;
  return {
    ...{ id, provider: said.provider, description, issuer, metadataUrl: found?.metadataUrl ?? null },
    clientId: said.clientId ?? same?.clientId ?? null,
    authMethod:
      description.auth_method ?? preset.authMethod ?? (found ? defaultMethod(found.server) : 'client_secret_basic'),
    sealedSecret: await sealLoginSecret(deps.config.root, { id, issuer }, said.clientSecret ?? kept),
    createdAt: before?.createdAt ?? deps.moment.now,
    disabledAt: before?.disabledAt ?? null,
  };
}

type Found = { server: ServerMetadata; metadataUrl: string | null };

async function findProvider(
  deps: PartyDeps,
  preset: Preset,
  description: SocialLoginDescription,
): Promise<Found | undefined> {
  try {
    const place = preset.placeOf?.(description);
    if (place) return withMetadata(await serverAt(deps, place.metadataUrl, place.issuer, 'latest'));
    if (preset.placeOf) return undefined;
    const issuer = description.issuer ?? preset.issuer;
    if (issuer !== undefined && preset.endpointsAt)
      return { server: { issuer: issuer.replace(/\/$/, '') }, metadataUrl: null };
    // The address of a document may be typed as well as the issuer.
    if (issuer?.includes('/.well-known/')) return withMetadata(await serverAt(deps, issuer, undefined, 'latest'));
    if (issuer !== undefined) return withMetadata(await discoverServer(deps, issuer, 'latest'));
    const { authorization_endpoint } = { ...preset.endpoints, ...endpointsOf(description) };
    return authorization_endpoint === undefined
      ? undefined
      : { server: { issuer: new URL(authorization_endpoint).origin }, metadataUrl: null };
  } catch (error) {
    if (!(error instanceof OutboundFailure)) throw error;
    throw new OAuthError('invalid_request', `${error.message}.`, { cause: error });
  }
}

const withMetadata = ({ url, metadata }: { url: string; metadata: ServerMetadata }): Found => ({
  server: metadata,
  metadataUrl: url,
});

/** Whether what a provider needs is there, and what to say where it is not. */
const NEEDS: Record<Need, { isThere: (description: SocialLoginDescription) => boolean; what: string }> = {
  issuer: { isThere: ({ issuer }) => issuer !== undefined, what: 'the issuer' },
  endpoints: {
    isThere: (description) => {
      const { authorization_endpoint, token_endpoint, userinfo_endpoint } = endpointsOf(description);
      return description.issuer !== undefined || Boolean(authorization_endpoint && token_endpoint && userinfo_endpoint);
    },
    what: 'the issuer, or the authorization, token and userinfo endpoints (with base_url, where they are paths)',
  },
  tenants: {
    isThere: ({ tenants, any_tenant }) => tenants.length > 0 || any_tenant,
    what: 'the directories (tenants) whose people may sign in',
  },
  team_id: { isThere: ({ team_id }) => team_id !== undefined, what: 'the team id' },
  key_id: { isThere: ({ key_id }) => key_id !== undefined, what: 'the key id' },
};

type Configured = Pick<Config, 'socialLogins'>;

/** The credentials that whoever deploys this server gave for the record, as long as it is at the issuer they are for. */
export function credentialsIn({ socialLogins }: Configured, { id, issuer }: Pick<SocialLogin, 'id' | 'issuer'>) {
  const given = socialLogins.get(id);
  return given?.issuer === issuer ? given : undefined;
}

/** What a record still needs before it can sign anybody in; undefined for one that is complete. */
export function whatIsMissing(login: SocialLogin, config: Configured): string | undefined {
  const missing = presetOf(login.provider).needs?.find((need) => !NEEDS[need].isThere(login.description));
  if (missing) return `${NEEDS[missing].what} must be given`;
  const given = credentialsIn(config, login);
  if (login.clientId === null && !given) return 'the client id must be given';
  const hasSecret = given ? given.clientSecret !== undefined : login.sealedSecret !== null;
  if (login.authMethod.startsWith('client_secret') && !hasSecret) return 'the client secret must be given';
  if (login.issuer === null) return 'the provider is not known well enough';
  return undefined;
}

/** Why the sign-in page shows no button for it; undefined where it shows one. */
export function whyNotShown(login: SocialLogin, config: Configured): string | undefined {
  return whatIsMissing(login, config) ?? (login.disabledAt === null ? undefined : 'it is disabled');
}

/** What is asked for there. */
export const scopesOf = ({ provider, description }: SocialLogin): readonly string[] =>
  description.scopes ?? presetOf(provider).scopes;

/**
 * This server as the client of a provider.
 * @param hints further parameters of the authorize address.
 * @throws ProviderFailure
 */
export async function partyOf(deps: PartyDeps, login: SocialLogin, hints: Record<string, string> = {}): Promise<Party> {
  const preset = presetOf(login.provider);
  const clientId = clientIdOf(deps, login);
  const server = await serverOf(deps, login, preset);
  return {
    provider: { ...preset, needs: [], api: [] },
    server: withDirectories(server),
    clientId,
    authenticate: authenticationOf(
      login.authMethod,
      { clientSecret: await secretOf(deps, login, preset), keys: deps.config.signers },
      server,
    ),
    redirectUri: deps.config.issuer + returnPath(login.id),
    usesDpop: usesDpop({ ...login.description, raw_tokens: 'nobody' }, server),
    query: { ...preset.query, ...login.description.query, ...(preset.takesHints && taken(hints, server)) },
  };
}

/** A provider that names its values of `prompt` refuses others. What they are for is judged by its answer. */
function taken({ prompt, ...hints }: Record<string, string>, { prompt_values_supported: known }: ServerMetadata) {
  return prompt === undefined || known?.includes(prompt) === false ? hints : { prompt, ...hints };
}

/** What the provider says of itself now; what an administrator typed holds. */
async function serverOf(deps: PartyDeps, login: SocialLogin, preset: Preset): Promise<ServerMetadata> {
  const issuer = login.issuer ?? '';
  const endpoints = endpointsOf(login.description);
  if (login.metadataUrl === null) return { ...preset.endpoints, ...preset.endpointsAt?.(issuer), ...endpoints, issuer };
  try {
    const { metadata } = await serverAt(deps, login.metadataUrl, issuer, 'fresh');
    return { ...metadata, ...endpoints };
  } catch (cause) {
    if (!(cause instanceof OutboundFailure)) throw cause;
    throw new ProviderFailure('unreachable', cause.message, { cause });
  }
}

const clientIdOf = ({ config }: PartyDeps, login: SocialLogin): string =>
  credentialsIn(config, login)?.clientId ?? login.clientId ?? '';

async function secretOf(deps: PartyDeps, login: SocialLogin, preset: Preset): Promise<string | undefined> {
  const configured = credentialsIn(deps.config, login);
  const secret = configured ? configured.clientSecret : await openLoginSecret(deps.config.root, login);
  if (secret === undefined || !preset.secretFor) return secret;
  const { description } = login;
  const given = { secret, clientId: clientIdOf(deps, login), description, now: deps.moment.now };
  return preset.secretFor(given).catch((cause: unknown) => {
    if (!(cause instanceof InvalidJwt)) throw cause;
    throw new ProviderFailure('refused', cause.message, { cause });
  });
}
