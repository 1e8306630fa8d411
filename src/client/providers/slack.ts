/** Slack, as the person: scopes in `user_scope`, the token inside `authed_user`, failures with 200 and `ok: false`. */
import { type Provider, refusalIs400, spacedScopes, type TokenAnswer } from './provider.ts';

export const slack: Provider = {
  title: 'Slack',
  documentation: 'https://docs.slack.dev/authentication/installing-with-oauth',
  read: '2026-11-26',
  endpoints: {
    authorization_endpoint: 'https://slack.com/oauth/v2/authorize',
    token_endpoint: 'https://slack.com/api/oauth.v2.access',
    revocation_endpoint: 'https://slack.com/api/auth.revoke',
  },
  authMethod: 'client_secret_post',
  scopes: ['users.profile:read'],
  scopeParameter: 'user_scope',
  api: ['https://slack.com/api'],
  conform: (answer) => spacedScopes(refusalIs400(ofThePerson(answer))),
};

function ofThePerson({ status, body }: TokenAnswer): TokenAnswer {
  const inner = body.authed_user;
  const own = typeof inner === 'object' && inner !== null && 'access_token' in inner ? { ...body, ...inner } : body;
  return { status, body: { ...own, token_type: 'Bearer' } };
}
