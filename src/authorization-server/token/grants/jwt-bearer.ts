/**
 * JWT bearer (RFC 7523 §2.1): another issuer, which an administrator trusts, vouches for a person. An identity
 * assertion of an enterprise (ID-JAG) is such a JWT, with stricter rules.
 */
import * as z from 'zod';
import { verifyAssertion } from '../../../crypto/assertion.ts';
import { decodeClaims, decodeTyp, InvalidJwt } from '../../../crypto/jwt.ts';
import { newTokenId } from '../../../protocol/credentials.ts';
import { ENDPOINTS } from '../../../protocol/endpoints.ts';
import type { IssuerTrust } from '../../../protocol/issuer-trust.ts';
import { LONGEST_ASSERTION, MINUTE, SECOND } from '../../../protocol/lifetimes.ts';
import { OAuthError } from '../../../protocol/oauth-error.ts';
import { canonicalResource, type Registry } from '../../../protocol/resource.ts';
import { parseScope } from '../../../protocol/scope.ts';
import type { Settings } from '../../../protocol/settings.ts';
import { findIssuerLatest, findIssuerNear, findVouchedPerson } from '../../../storage/issuers.ts';
import { isSpent, wasSpent } from '../../../storage/spent.ts';
import { recordToken } from '../../../storage/tokens.ts';
import type { Deps } from '../../../web/context.ts';
import { withKeys } from '../../../web/foreign-keys.ts';
import type { Parameters } from '../../../web/parameters.ts';
import type { Caller } from '../../clients/authenticate/method.ts';
import { type Client, mayBeUsedBy, scopesFor } from '../../clients/client.ts';
import { checkBound, parseResources, scopesKnownAt, tokenMinutes, withRegistry } from '../../resources.ts';
import { issueTokens } from '../issue.ts';
import type { Grant } from './grant.ts';

/** Of ID-JAG §3. */
const ID_JAG = 'oauth-id-jag+jwt';

/** What an assertion may say that it is: an access token of that issuer, or its id_token for somebody, is none. */
const TYPES = [ID_JAG, 'authorization-grant+jwt'];

const LONGEST_TEXT = 16 * 1024;
const SHARD = '0';

export const jwtBearer: Grant = {
  grantType: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
  registeredBy: 'administrator',
  // ID-JAG §9.1: SHOULD only be supported for confidential clients.
  confidentialOnly: true,
  profiles: ['urn:ietf:params:oauth:grant-profile:id-jag'],
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
    const may = await recordToken(deps.databases, deps.moment, issued, [once, ...spends]).catch(
      async (error: unknown) => {
        // Else it is the assertion that authenticates the client.
        if (wasSpent(error) && (await isSpent(deps.databases.global, once)))
          throw refused('the assertion was used before.');
        throw error;
      },
    );
    if (!may) throw refused('the person or the client is disabled.');
    // RFC 7521 §4.1: refresh tokens are not issued: the client can get another assertion.
    return issueTokens(deps, caller, { token, sub: person.id });
  },
};

const refused = (description: string, cause?: unknown) => new OAuthError('invalid_grant', description, { cause });

const Vouched = z.object({
  iss: z.string(),
  sub: z.string(),
  jti: z.string(),
  exp: z.number(),
  iat: z.number().optional(),
  client_id: z.string().optional(),
  email: z.string().optional().catch(undefined),
  email_verified: z.unknown().optional(),
  scope: z.string().optional(),
  resource: z.union([z.string(), z.array(z.string())]).optional(),
});
type Vouched = z.infer<typeof Vouched>;
type Opened = { trust: IssuerTrust; claims: Vouched };

/** @throws OAuthError invalid_grant (RFC 7521 §4.1.1) that says what is wrong, but not whom else is trusted. */
async function openAssertion(deps: Deps, caller: Caller, text: string): Promise<Opened> {
  if (text.length > LONGEST_TEXT) throw refused('the assertion is too long.');
  const unknown = refused('the assertion is not from an issuer that is trusted here.');
  const { iss } = decodeClaims(text) ?? {};
  if (typeof iss !== 'string') throw unknown;
  const near = await findIssuerNear(deps.databases, iss, deps.moment.now);
  // What is held may be old: it is refused only on the primary's word.
  const accepted = near && (await readAssertion(deps, caller, text, iss, near).catch(unlessRefused));
  if (accepted) return accepted;
  const latest = await findIssuerLatest(deps.databases, iss, deps.moment.now);
  if (!latest) throw unknown;
  return readAssertion(deps, caller, text, iss, latest);
}

function unlessRefused(error: unknown): undefined {
  if (!(error instanceof OAuthError)) throw error;
}

async function readAssertion(
  deps: Deps,
  { client, thumbprint }: Caller,
  text: string,
  iss: string,
  trust: IssuerTrust,
): Promise<Opened> {
  if (trust.clients.length > 0 && !trust.clients.includes(client.id)) {
    throw refused('this client may not use assertions of that issuer.');
  }
  const { issuer } = deps.config;
  const isIdJag = decodeTyp(text) === ID_JAG;
  // ID-JAG §4.4.1: the aud MUST be the issuer of the authorization server. RFC 7523 §3 also allows the token endpoint.
  const audiences = isIdJag ? [issuer] : [issuer, issuer + ENDPOINTS.token_endpoint];
  try {
    const claims = await withKeys(deps, trust, (keys) =>
      verifyAssertion(text, keys, {
        ...{ issuer: iss, audiences, types: TYPES },
        ...{ now: deps.moment.now, longest: LONGEST_ASSERTION },
      }),
    );
    checkKey(claims.cnf, thumbprint);
    const vouched = Vouched.safeParse(claims);
    if (!vouched.success) throw new InvalidJwt(`it has no usable ${vouched.error.issues[0]?.path.join('.')}`);
    const { client_id, iat } = vouched.data;
    // ID-JAG §4.4.1: client_id MUST be the client that asks; whoever else names one means it, too.
    if (client_id === undefined ? isIdJag : client_id !== client.id)
      throw new InvalidJwt('its client_id is another client');
    // ID-JAG §3.1: iat REQUIRED.
    if (isIdJag && iat === undefined) throw new InvalidJwt('it has no iat');
    return { trust, claims: vouched.data };
  } catch (cause) {
    if (cause instanceof InvalidJwt) throw refused(`the assertion is not valid: ${cause.message}.`, cause);
    throw cause;
  }
}

/** ID-JAG §4.4.1: with a cnf, a proof of the same key MUST come along; without one it MUST be rejected. */
function checkKey(cnf: unknown, thumbprint: string | undefined): void {
  if (cnf === undefined) return;
  const jkt = (cnf as { jkt?: unknown } | null)?.jkt;
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
  const named = [claims.resource ?? []].flat().map((one) => canonicalResource(one, issuer, registry));
  const asked = parseResources(form, issuer, registry);
  if (asked.length > 1) throw new OAuthError('invalid_target', 'name one resource for one access token.');
  const resource = asked[0] ?? named[0] ?? issuer;
  if (named.length > 0 && !named.includes(resource)) {
    throw new OAuthError('invalid_target', 'the assertion is for another resource.');
  }
  const vouched = claims.scope === undefined ? undefined : parseScope(claims.scope);
  const within = (name: string) =>
    (trust.scopes.length === 0 || trust.scopes.includes(name)) && (vouched?.includes(name) ?? true);
  const known = scopesKnownAt([resource], registry, settings);
  const scopes = scopesFor(client, form.one('scope') ?? claims.scope, known).filter(within);
  return { resource, scopes, minutes: tokenMinutes(resource, registry, settings) };
}
