/**
 * JWT bearer (RFC 7523 §2.1): another issuer, which an administrator trusts, vouches for a person. An identity
 * assertion of an enterprise (ID-JAG) is such a JWT, with stricter rules.
 */
import { decodeClaims, decodeTyp, InvalidJwt, verifyAssertion } from '../../../crypto/jwt.ts';
import { newTokenId } from '../../../protocol/credentials.ts';
import { ENDPOINTS } from '../../../protocol/endpoints.ts';
import type { IssuerTrust } from '../../../protocol/issuer-trust.ts';
import { LONGEST_ASSERTION, MINUTE, SECOND } from '../../../protocol/lifetimes.ts';
import { OAuthError } from '../../../protocol/oauth-error.ts';
import { canonicalResource, type Registry } from '../../../protocol/resource.ts';
import { parseScope } from '../../../protocol/scope.ts';
import type { Settings } from '../../../protocol/settings.ts';
import { findIssuer, findVouchedPerson } from '../../../storage/issuers.ts';
import { wasSpent } from '../../../storage/spent.ts';
import { recordToken } from '../../../storage/tokens.ts';
import type { Deps } from '../../../web/context.ts';
import { withKeys } from '../../../web/foreign-keys.ts';
import type { Parameters } from '../../../web/parameters.ts';
import type { Caller } from '../../clients/authenticate/method.ts';
import { type Client, mayBeUsedBy, scopesFor } from '../../clients/client.ts';
import { checkBound, parseResources, scopesKnownAt, tokenMinutes, withRegistry } from '../../resources.ts';
import { issueTokens } from '../issue.ts';
import type { Grant } from './grant.ts';

/** Of ID-JAG §3; its profile is named in metadata. */
const ID_JAG = 'oauth-id-jag+jwt';
export const GRANT_PROFILES = ['urn:ietf:params:oauth:grant-profile:id-jag'];

const LONGEST_TEXT = 16 * 1024;
const SHARD = '0';

export const jwtBearer: Grant = {
  grantType: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
  registeredBy: 'administrator',
  // ID-JAG §9.1: SHOULD only be supported for confidential clients.
  confidentialOnly: true,
  async handle(deps, caller, form) {
    const { client, spends, thumbprint } = caller;
    const { trust, claims } = await openAssertion(deps, caller, form.required('assertion'));
    const settings = await deps.settings();
    const { resource, scopes, minutes } = await withRegistry(deps, (registry) => {
      const vouched = whatIsVouchedFor(deps.config.issuer, registry, settings, client, trust, claims, form);
      checkBound(vouched.resource, registry, thumbprint);
      return vouched;
    });
    const email = trust.match_email && claims.email_verified === true ? claims.email : undefined;
    const person = await findVouchedPerson(deps.databases, claims.iss, claims.sub, email);
    if (!person || person.disabledAt !== null) throw refused('nobody here is known by that subject.');
    if (!mayBeUsedBy(client, person)) throw refused('the person may not use this application.');
    const { now } = deps.moment;
    const token = { id: newTokenId(SHARD), scopes, resource, expiresAt: now + minutes * MINUTE };
    const issued = {
      ...{ jti: token.id, sub: person.id, client_id: client.id, resource, scopes },
      ...{ iat: Math.floor(now / SECOND), exp: Math.floor(token.expiresAt / SECOND) },
    };
    const once = { text: `grant:${claims.iss}:${claims.jti}`, expiresAt: claims.exp * SECOND + MINUTE };
    const may = await recordToken(deps.databases, deps.moment, issued, [once, ...spends]).catch((error: unknown) => {
      if (wasSpent(error)) throw refused('the assertion was used before.');
      throw error;
    });
    if (!may) throw refused('the person or the client is disabled.');
    // RFC 7521 §4.1: refresh tokens are not issued: the client can get another assertion.
    return issueTokens(deps, caller, { token, sub: person.id });
  },
};

const refused = (description: string, cause?: unknown) => new OAuthError('invalid_grant', description, { cause });

type Vouched = {
  iss: string;
  sub: string;
  jti: string;
  exp: number;
  email?: string;
  email_verified?: boolean;
  scope?: string;
  resource?: string | string[];
};

/** @throws OAuthError invalid_grant (RFC 7521 §4.1.1) that says what is wrong, but not whom else is trusted. */
async function openAssertion(
  deps: Deps,
  { client, thumbprint }: Caller,
  text: string,
): Promise<{ trust: IssuerTrust; claims: Vouched }> {
  if (text.length > LONGEST_TEXT) throw refused('the assertion is too long.');
  const { iss } = decodeClaims(text) ?? {};
  const trust = typeof iss === 'string' ? await findIssuer(deps.databases, iss, deps.moment.now) : undefined;
  if (!iss || !trust) throw refused('the assertion is not from an issuer that is trusted here.');
  if (trust.clients.length > 0 && !trust.clients.includes(client.id)) {
    throw refused('this client may not use assertions of that issuer.');
  }
  const { issuer } = deps.config;
  const isIdJag = decodeTyp(text) === ID_JAG;
  // ID-JAG §4.4.1: the aud MUST be the issuer of the authorization server. RFC 7523 §3 also allows the token endpoint.
  const audiences = isIdJag ? [issuer] : [issuer, issuer + ENDPOINTS.token_endpoint];
  try {
    const claims = await withKeys(deps, trust, (keys) =>
      verifyAssertion(text, keys, { issuer: iss, audiences, now: deps.moment.now, longest: LONGEST_ASSERTION }),
    );
    if (claims.jti === undefined) throw new InvalidJwt('it has no jti');
    checkKey(claims.cnf, thumbprint);
    if (isIdJag && claims.client_id !== client.id) throw new InvalidJwt('its client_id is another client');
    return { trust, claims: claims as unknown as Vouched };
  } catch (cause) {
    if (cause instanceof InvalidJwt) throw refused(`the assertion is not valid: ${cause.message}.`, cause);
    throw cause;
  }
}

/** ID-JAG §4.4.1: with a cnf, a proof of the same key MUST come along; without one it MUST be rejected. */
function checkKey(cnf: unknown, thumbprint: string | undefined): void {
  if (cnf === undefined) return;
  const { jkt } = cnf as { jkt?: unknown };
  if (thumbprint === undefined || jkt !== thumbprint) {
    throw new InvalidJwt('it is bound to a key (cnf), and no DPoP proof of that key came with it');
  }
}

/** What may be granted: what is asked, within what the assertion, the trust in its issuer and the client allow. */
function whatIsVouchedFor(
  issuer: string,
  registry: Registry,
  settings: Settings,
  client: Client,
  trust: IssuerTrust,
  claims: Vouched,
  form: Parameters,
) {
  const named = [claims.resource ?? []].flat().map((one) => canonicalResource(String(one), issuer, registry));
  const asked = parseResources(form, issuer, registry);
  if (asked.length > 1) throw new OAuthError('invalid_target', 'name one resource for one access token.');
  const resource = asked[0] ?? named[0] ?? issuer;
  if (named.length > 0 && !named.includes(resource)) {
    throw new OAuthError('invalid_target', 'the assertion is for another resource.');
  }
  const ceilings = [trust.scopes, claims.scope === undefined ? [] : parseScope(String(claims.scope))];
  const within = (name: string) => ceilings.every((ceiling) => ceiling.length === 0 || ceiling.includes(name));
  const known = scopesKnownAt([resource], registry, settings);
  const scopes = scopesFor(client, form.one('scope') ?? claims.scope, known).filter(within);
  return { resource, scopes, minutes: tokenMinutes(resource, registry, settings) };
}
