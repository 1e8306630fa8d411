/** The authorization server of a connected app: by its issuer, its resource or its endpoints (RFC 8414, RFC 9728). */
import { OutboundFailure } from '../http/outbound/outbound-budget.ts';
import type { ConnectedAppDescription } from '../protocol/connected-app.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import { OPENID_SCOPE } from '../protocol/scope-names.ts';
import type { Template } from '../providers/index.ts';
import type { AppDeps } from './connected-apps.ts';
import type { Freshness } from './metadata-document.ts';
import { type FoundServer, findServerByIssuer, withoutMetadata } from './record-metadata.ts';
import { requestChallenge } from './resource-challenge.ts';
import { discoverResource } from './resource-metadata.ts';

type FoundApp = FoundServer & { resourceScopes: string[] | null; publishedResource: string | null };

/** The server of a description: found through its resource, by its issuer, or by its endpoints alone. */
export async function findServer(
  deps: AppDeps,
  template: Template,
  { issuer, resource, endpoints, scopes = [...template.connectedApp.scopes] }: ConnectedAppDescription,
  freshness: Freshness,
): Promise<FoundApp> {
  const ofResource = resource && template.requiresPkce ? await findByResource(deps, resource, freshness) : undefined;
  const named = issuer ?? template.issuer ?? ofResource?.issuer;
  if (named !== undefined) {
    const isOpenId = scopes.includes(OPENID_SCOPE);
    const found = await findServerByIssuer(deps, template, { named, typed: endpoints, isOpenId, freshness });
    const server = { ...found.server, ...endpoints };
    const { scopes: resourceScopes = null, published: publishedResource = null } = { ...ofResource };
    return { ...found, server, resourceScopes, publishedResource };
  }
  const typed = { ...template.endpoints, ...endpoints };
  if (!typed.authorization_endpoint && !typed.token_endpoint)
    throw new OAuthError('invalid_request', 'name the issuer, the resource, or the endpoints.');
  const { origin } = new URL(typed.authorization_endpoint ?? typed.token_endpoint ?? '');
  return { ...withoutMetadata({ ...typed, issuer: origin }), resourceScopes: null, publishedResource: null };
}

/** The authorization server by the challenge of a resource and its metadata (RFC 9728 §5). */
async function findByResource(deps: AppDeps, resource: string, freshness: Freshness) {
  const challenge = await requestChallenge(deps, resource);
  const found = await discoverResource(deps, resource, challenge.metadata, freshness).catch((error: unknown) => {
    // A challenge with an address decides; without one, the origin may be its own server, as in MCP 2025-03-26.
    if (challenge.metadata !== undefined || !(error instanceof OutboundFailure)) throw error;
    if (error.message.includes('describes')) throw error;
    return undefined;
  });
  return {
    issuer: found?.metadata.authorization_servers?.[0] ?? new URL(resource).origin,
    scopes: challenge.scopes ?? found?.metadata.scopes_supported ?? [],
    published: found?.metadata.resource,
  };
}

/** The authorization servers that a resource names now. @throws OutboundFailure where it has no metadata. */
export async function authorizationServersOf(deps: AppDeps, resource: string): Promise<readonly string[]> {
  const challenge = await requestChallenge(deps, resource);
  const { metadata } = await discoverResource(deps, resource, challenge.metadata, 'now');
  return metadata.authorization_servers ?? [];
}
