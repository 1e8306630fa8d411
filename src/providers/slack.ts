/** Slack, as the user: scopes in `user_scope`, the token inside `authed_user`, and a token_type of its own. */
import { CLIENT_SECRET_POST } from '../protocol/authentication-method.ts';
import { isJsonObject } from '../protocol/json-object.ts';
import type { Provider, TokenAnswer } from './provider.ts';

export const slack = {
  title: 'Slack',
  documentation: 'https://docs.slack.dev/authentication/installing-with-oauth',
  readOn: '2026-11-26',
  clientsPage: 'https://api.slack.com/apps?new_app=1',
  endpoints: {
    authorization_endpoint: 'https://slack.com/oauth/v2/authorize',
    token_endpoint: 'https://slack.com/api/oauth.v2.access',
    revocation_endpoint: 'https://slack.com/api/auth.revoke',
  },
  authMethod: CLIENT_SECRET_POST,
  scopeParameter: 'user_scope',
  conform: userToken,
  connectedApp: { scopes: ['users.profile:read'], api: ['https://slack.com/api'] },
} satisfies Provider;

function userToken({ status, body }: TokenAnswer): TokenAnswer {
  const inner = body.authed_user;
  const own = isJsonObject(inner) && 'access_token' in inner ? { ...body, ...inner } : body;
  return { status, body: { ...own, token_type: 'Bearer' } };
}
