/** `authorization_code` (RFC 6749 §4.1.3, RFC 7636 §4.5): everything is validated before anything is spent. */
import { verifierMatches } from '../../../crypto/pkce.ts';
import { newTokenId } from '../../../protocol/credentials.ts';
import { DAY, MINUTE, SECOND } from '../../../protocol/lifetimes.ts';
import { OAuthError } from '../../../protocol/oauth-error.ts';
import { namedClaims } from '../../../protocol/person-claims.ts';
import { forgetCode } from '../../../storage/codes.ts';
import { type Redemption, redeemGrant } from '../../../storage/grants.ts';
import { findPerson } from '../../../storage/people.ts';
import { readRestOfCode } from '../../../storage/pushed-requests.ts';
import { spendIn } from '../../../storage/spent.ts';
import type { Deps } from '../../../web/context.ts';
import type { Parameters } from '../../../web/parameters.ts';
import type { Caller } from '../../clients/authenticate/method.ts';
import { type Code, openCode } from '../../code.ts';
import { parseResources, tokenAt, withRegistry } from '../../resources.ts';
import { issueTokens, refreshKey } from '../issue.ts';
import type { Grant } from './grant.ts';

export const authorizationCode: Grant = {
  grantType: 'authorization_code',
  registeredBy: 'anybody',
  confidentialOnly: false,
  async handle(deps, caller, form) {
    const { client, spends, thumbprint } = caller;
    const text = form.required('code');
    const code = await openCode(deps.config.root, text, (pushed) => readRestOfCode(deps.databases, pushed));
    const db = code && deps.databases.shard(code.shard);
    if (!code || !db) throw refused('the code is not one of ours.');
    checkCode(deps, caller, code, form);
    const resource = await chooseResource(deps, form, code);

    const [settings, { scopes, minutes }] = await Promise.all([
      deps.settings(),
      tokenAt(deps, resource, code.scopes, thumbprint),
    ]);
    const { now } = deps.moment;
    const grant = { id: code.grant, ...code, jkt: refreshKey(caller), expiresAt: now + settings.grant_days * DAY };
    const token = { id: newTokenId(code.shard), scopes, resource, expiresAt: now + minutes * MINUTE };
    const replayAfter = settings.code_replay_seconds * SECOND;
    const redeemed = redeemGrant(db, deps.moment, grant, token, replayAfter, spends);
    const [outcome, person] = await Promise.all([
      spendIn(deps.databases, code.shard, spends, redeemed),
      namedPerson(deps, code),
    ]);
    if (outcome !== 'granted') throw refused(REFUSALS[outcome]);
    deps.later('forget code', forgetCode(deps.codes, text));
    const refresh = client.metadata.grant_types.includes('refresh_token') ? 0 : undefined;
    return issueTokens(deps, caller, {
      token,
      grant: code.grant,
      generation: refresh,
      sub: code.personId,
      authentication: { ...code, claims: person ? namedClaims(person, code.idTokenClaims) : {} },
    });
  },
};

/**
 * The person, where claims about them were asked for by name; beside the redemption, so that it costs no round. OpenID
 * Connect Core §5.5.1: it is no error when they are not returned, so the code is not lost where they cannot be read.
 */
async function namedPerson(deps: Pick<Deps, 'databases'>, { idTokenClaims, personId }: Code) {
  if (idTokenClaims.length === 0) return undefined;
  return findPerson(deps.databases, personId).catch(() => undefined);
}

const REFUSALS: Record<Exclude<Redemption, 'granted'>, string> = {
  refused: 'the code was redeemed already.',
  replayed: 'the code was redeemed before; the grant that it became is revoked.',
  'cut off': 'the person, the application or the consent is no longer allowed.',
};

const refused = (description: string) => new OAuthError('invalid_grant', description);

/** @throws OAuthError; nothing is spent and nothing revoked by a request that fails here. */
function checkCode(deps: Pick<Deps, 'moment'>, { client, thumbprint }: Caller, code: Code, form: Parameters): void {
  // RFC 6749 §4.1.3: ensure that the authorization code was issued to the authenticated confidential client, or if
  // the client is public, ensure that the code was issued to "client_id" in the request.
  if (code.clientId !== client.id) throw refused('the code was issued to another client.');
  if (code.expiresAt <= deps.moment.now) throw refused('the code has expired.');
  const redirectUri = form.one('redirect_uri');
  // RFC 6749 §4.1.3: redirect_uri REQUIRED, if it was included in the authorization request; values MUST be identical.
  if (redirectUri === undefined ? code.redirectUriGiven : redirectUri !== code.redirectUri) {
    throw refused('redirect_uri is not the one of the authorization request.');
  }
  // RFC 9449 §10: if they do not match, the authorization server MUST reject the request.
  if (code.dpopJkt !== undefined && code.dpopJkt !== thumbprint) throw refused('the code is bound to another key.');
  const verifier = form.one('code_verifier');
  if (verifier === undefined) throw new OAuthError('invalid_request', 'code_verifier is missing.');
  // RFC 7636 §4.6: If the values are not equal, an error response indicating "invalid_grant" MUST be returned.
  if (!verifierMatches(verifier, code.codeChallenge)) throw refused('code_verifier does not match the challenge.');
}

/** RFC 8707 §2.2: the resource narrows this access token to one of those that were granted; the first by default. */
async function chooseResource(deps: Deps, form: Parameters, { resources }: Code): Promise<string> {
  const { issuer } = deps.config;
  const asked = await withRegistry(deps, (registry) => parseResources(form, issuer, registry));
  if (asked.some((resource) => !resources.includes(resource))) {
    throw new OAuthError('invalid_target', 'resource was not part of the authorization request.');
  }
  return asked[0] ?? resources[0] ?? issuer;
}
