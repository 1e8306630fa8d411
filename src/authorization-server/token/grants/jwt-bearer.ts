/**
 * JWT bearer (RFC 7523 §2.1): an assertion of a trusted issuer identifies the user. An Identity Assertion Authorization
 * Grant (ID-JAG) is such a JWT with stricter rules.
 */
import * as z from 'zod/mini';
import { verifyAssertion } from '../../../crypto/assertion.ts';
import { decodeClaims, decodeTyp, InvalidJwt } from '../../../crypto/jwt.ts';
import type { Deps } from '../../../http/context.ts';
import { withExternalKeys } from '../../../http/outbound/external-keys.ts';
import type { Parameters } from '../../../http/parameters.ts';
import { newTokenId } from '../../../protocol/credentials.ts';
import { ENDPOINTS } from '../../../protocol/endpoints.ts';
import type { IssuerTrust } from '../../../protocol/issuer-trust.ts';
import { isJsonObject } from '../../../protocol/json-object.ts';
import { MAX_ASSERTION_LIFETIME, MINUTE, SECOND } from '../../../protocol/lifetimes.ts';
import { OAuthError } from '../../../protocol/oauth-error.ts';
import { type ResourceRegistry, resolveResource } from '../../../protocol/resource.ts';
import { filterScopes, parseScope } from '../../../protocol/scope.ts';
import type { Settings } from '../../../protocol/settings.ts';
import { ID_JAG_TYP } from '../../../protocol/token-type.ts';
import { recordToken } from '../../../storage/grants/record-token.ts';
import { isUsed, wasUsed } from '../../../storage/grants/single-use.ts';
import { findIssuerFromPrimary, findIssuerFromReplica, findUserOfIssuer } from '../../../storage/server/issuers.ts';
import { isSubjectAllowed } from '../../../storage/users/users.ts';
import type { AuthenticatedClient } from '../../clients/authenticate/method.ts';
import { type Client, clientScopeRule } from '../../clients/client.ts';
import {
  parseResources,
  requireDpopBinding,
  scopesOfResources,
  tokenMinutesFor,
  withRegistry,
} from '../../resources.ts';
import { type ValidatedApproval, withValidApproval } from '../../use-approval.ts';
import { issueTokens } from '../issue.ts';
import type { GrantHandler } from './grant-handler.ts';

/** The accepted types: an access token or id_token of the issuer is no assertion. */
const ASSERTION_TYPES = [ID_JAG_TYP, 'authorization-grant+jwt'];

const MAX_ASSERTION_LENGTH = 16 * 1024;
const SHARD = '0';

export const jwtBearer: GrantHandler = async (deps, caller, form) => {
  const { client, singleUses, thumbprint } = caller;
  const { trust, claims } = await openAssertion(deps, caller, form.required('assertion'));
  const settings = await deps.settings();
  const { resource, scopes, minutes } = await withRegistry(deps, (registry) => {
    const grantable = grantableByAssertion(deps.config.issuer, registry, settings, client, trust, claims, form);
    requireDpopBinding(grantable.resource, registry, thumbprint);
    return grantable;
  });
  const email = trust.match_email && claims.email_verified === true ? claims.email : undefined;
  const user = await findUserOfIssuer(deps.databases, claims.iss, claims.sub, email);
  if (!user || !isSubjectAllowed(user)) throw invalidGrant('no user is linked to the subject of the assertion.');
  const { now } = deps.moment;
  const id = newTokenId(SHARD);
  const expiresAt = now + minutes * MINUTE;
  const once = { text: `grant:${claims.iss}:${claims.jti}`, expiresAt: claims.exp * SECOND + MINUTE };
  const record = async ({ scopes: approved, snapshot }: ValidatedApproval) => {
    const issued = {
      jti: id,
      sub: user.id,
      client_id: client.id,
      resource,
      scopes: approved,
      iat: Math.floor(now / SECOND),
      exp: Math.floor(expiresAt / SECOND),
    };
    const outcome = await recordToken(deps.databases, deps.moment, issued, [once, ...singleUses], snapshot).catch(
      async (error: unknown) => {
        // Otherwise the assertion of client authentication was used before.
        if (wasUsed(error) && (await isUsed(deps.databases.global, once)))
          throw invalidGrant('the assertion was used before.');
        throw error;
      },
    );
    return { outcome, scopes: approved };
  };
  const approval = { scopes, resources: [resource], userId: user.id, approvedAt: now, roles: user.roles };
  const { outcome, scopes: approved } = await withValidApproval(deps, client, approval, record);
  if (outcome !== 'recorded') throw invalidGrant('the user or the client is disabled.');
  const token = { id, scopes: approved, resource, expiresAt };
  // RFC 7521 §4.1: no refresh token: the client can request another assertion.
  return issueTokens(deps, caller, { token, sub: user.id, user: user });
};

const invalidGrant = (description: string, cause?: unknown) => new OAuthError('invalid_grant', description, { cause });

const AssertionClaims = z.object({
  iss: z.string(),
  sub: z.string(),
  jti: z.string(),
  exp: z.number(),
  iat: z.optional(z.number()),
  client_id: z.optional(z.string()),
  email: z.catch(z.optional(z.string()), undefined),
  email_verified: z.optional(z.unknown()),
  scope: z.optional(z.string()),
  resource: z.optional(z.union([z.string(), z.array(z.string())])),
});
type AssertionClaims = z.infer<typeof AssertionClaims>;
type VerifiedAssertion = { trust: IssuerTrust; claims: AssertionClaims };

/** Verifies the assertion. @throws OAuthError invalid_grant (RFC 7521 §4.1.1), which does not reveal trusted issuers. */
async function openAssertion(deps: Deps, caller: AuthenticatedClient, text: string): Promise<VerifiedAssertion> {
  if (text.length > MAX_ASSERTION_LENGTH) throw invalidGrant('the assertion is too long.');
  const unknown = invalidGrant('the assertion is not from a trusted issuer.');
  const { iss } = decodeClaims(text) ?? {};
  if (typeof iss !== 'string') throw unknown;
  const near = await findIssuerFromReplica(deps.databases, iss, deps.moment.now);
  // The cached trust may be stale: a refusal is based on the primary.
  const accepted = near && (await verifyWithTrust(deps, caller, text, iss, near).catch(ignoreOAuthError));
  if (accepted) return accepted;
  const latest = await findIssuerFromPrimary(deps.databases, iss, deps.moment.now);
  if (!latest) throw unknown;
  return verifyWithTrust(deps, caller, text, iss, latest);
}

function ignoreOAuthError(error: unknown): undefined {
  if (!(error instanceof OAuthError)) throw error;
}

async function verifyWithTrust(
  deps: Deps,
  { client, thumbprint }: AuthenticatedClient,
  text: string,
  iss: string,
  trust: IssuerTrust,
): Promise<VerifiedAssertion> {
  if (trust.clients.length > 0 && !trust.clients.includes(client.id)) {
    throw invalidGrant('this client may not use assertions of that issuer.');
  }
  const { issuer } = deps.config;
  const isIdJag = decodeTyp(text) === ID_JAG_TYP;
  // ID-JAG §4.4.1: the aud MUST be the issuer of the authorization server. RFC 7523 §3 also allows the token endpoint.
  const audiences = isIdJag ? [issuer] : [issuer, issuer + ENDPOINTS.token_endpoint];
  try {
    const claims = await withExternalKeys(deps, trust, 'recorded', (keys) =>
      verifyAssertion(text, keys, {
        issuer: iss,
        audiences,
        types: ASSERTION_TYPES,
        now: deps.moment.now,
        maxLifetime: MAX_ASSERTION_LIFETIME,
      }),
    );
    checkConfirmation(claims.cnf, thumbprint);
    const parsed = AssertionClaims.safeParse(claims);
    if (!parsed.success) throw new InvalidJwt(`it has no valid ${parsed.error.issues[0]?.path.join('.')}`);
    const { client_id, iat } = parsed.data;
    // ID-JAG §4.4.1: client_id MUST be the requesting client; for other assertions only if present.
    if (client_id === undefined ? isIdJag : client_id !== client.id)
      throw new InvalidJwt('its client_id is another client');
    // ID-JAG §3.1: iat REQUIRED.
    if (isIdJag && iat === undefined) throw new InvalidJwt('it has no iat');
    return { trust, claims: parsed.data };
  } catch (cause) {
    if (cause instanceof InvalidJwt) throw invalidGrant(`the assertion is not valid: ${cause.message}.`, cause);
    throw cause;
  }
}

/** ID-JAG §4.4.1: with a cnf, a DPoP proof of the same key MUST be present, else the assertion MUST be rejected. */
function checkConfirmation(cnf: unknown, thumbprint: string | undefined): void {
  if (cnf === undefined) return;
  const jkt = isJsonObject(cnf) ? cnf.jkt : undefined;
  if (thumbprint === undefined || jkt !== thumbprint) {
    throw new InvalidJwt('it is bound to a key (cnf), and the request has no DPoP proof of that key');
  }
}

/** The grantable request: limited by the assertion, the trust in its issuer, and the client. */
function grantableByAssertion(
  issuer: string,
  registry: ResourceRegistry,
  settings: Settings,
  client: Client,
  trust: IssuerTrust,
  claims: AssertionClaims,
  form: Parameters,
) {
  const asserted = [claims.resource ?? []].flat().map((id) => resolveResource(id, issuer, registry));
  const requested = parseResources(form, issuer, registry);
  if (requested.length > 1) throw new OAuthError('invalid_target', 'name one resource for one access token.');
  const resource = requested[0] ?? asserted[0] ?? issuer;
  if (asserted.length > 0 && !asserted.includes(resource)) {
    throw new OAuthError('invalid_target', 'the assertion is for another resource.');
  }
  const assertedScopes = claims.scope === undefined ? undefined : parseScope(claims.scope);
  const isWithin = (name: string) =>
    (trust.scopes.length === 0 || trust.scopes.includes(name)) && (assertedScopes?.includes(name) ?? true);
  const known = scopesOfResources([resource], { issuer, registry, settings });
  const rule = clientScopeRule(client, known);
  const within = rule.within.filter(isWithin);
  const scopes = filterScopes(form.one('scope') ?? claims.scope, { ...rule, within, noneLeft: 'refused' });
  return { resource, scopes, minutes: tokenMinutesFor(resource, { issuer, registry, settings }) };
}
