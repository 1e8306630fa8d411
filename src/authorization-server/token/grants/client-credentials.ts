/** `client_credentials` (RFC 6749 §4.4): a client asks for itself, or as the person that an administrator named. */
import { newTokenId } from '../../../protocol/credentials.ts';
import { MINUTE, SECOND } from '../../../protocol/lifetimes.ts';
import { OAuthError } from '../../../protocol/oauth-error.ts';
import { SERVER_SCOPES } from '../../../protocol/scope.ts';
import { recordToken } from '../../../storage/tokens.ts';
import { scopesFor } from '../../clients/client.ts';
import { checkBound, parseResources, scopesKnownAt, tokenMinutes, withRegistry } from '../../resources.ts';
import { issueTokens } from '../issue.ts';
import type { Grant } from './grant.ts';

/** Tokens of no person live in `DB`: no session is near them. */
const SHARD = '0';

/** What only a person has. */
const PERSONAL = SERVER_SCOPES.map((scope) => scope.name);

export const clientCredentials: Grant = {
  grantType: 'client_credentials',
  registeredBy: 'administrator',
  // RFC 6749 §4.4: the client credentials grant type MUST only be used by confidential clients.
  confidentialOnly: true,
  async handle(deps, caller, form) {
    const { client, spends } = caller;
    const { issuer } = deps.config;
    const settings = await deps.settings();
    const { resource, scopes, minutes } = await withRegistry(deps, (registry) => {
      const [first = issuer, ...more] = parseResources(form, issuer, registry);
      if (more.length > 0) throw new OAuthError('invalid_target', 'name one resource for one access token.');
      checkBound(first, registry, caller.thumbprint);
      const known = scopesKnownAt([first], registry, settings);
      const asked = scopesFor(client, form.one('scope'), known);
      const held = client.actsAs ? asked : asked.filter((name) => !PERSONAL.includes(name));
      return { resource: first, scopes: held, minutes: tokenMinutes(first, registry, settings) };
    });
    const { now } = deps.moment;
    const sub = client.actsAs ?? client.id;
    const token = { id: newTokenId(SHARD), scopes, resource, expiresAt: now + minutes * MINUTE };
    const issued = {
      ...{ jti: token.id, sub, client_id: client.id, resource, scopes },
      ...{ iat: Math.floor(now / SECOND), exp: Math.floor(token.expiresAt / SECOND) },
    };
    if (spends.length > 0 || client.actsAs) {
      const may = await recordToken(deps.databases, deps.moment, issued, spends);
      // RFC 6749 §5.2: invalid_grant, for a person that the client may no longer act as.
      if (!may) throw new OAuthError('invalid_grant', 'the client, or the person that it acts as, is disabled.');
    } else if (settings.record_client_tokens) {
      deps.later('record token', recordToken(deps.databases, deps.moment, issued));
    }
    // RFC 6749 §4.4.3: A refresh token SHOULD NOT be included.
    return issueTokens(deps, caller, { token, sub });
  },
};
