/** /api/admin/social-logins and /identities: with whose accounts users sign in, and which account is whom. */
import type { Context } from 'hono';
import type { ApiTable } from '../../http/api/routes.ts';
import type { Web } from '../../http/context.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { IDENTITY_PROVIDERS } from '../../providers/index.ts';
import { IDENTITY_SORTS, listIdentities as readIdentities } from '../../storage/server/lists.ts';
import { findIdentity, type Identity } from '../../storage/users/user-identities.ts';
import { unlinkUserIdentity } from '../operations/users.ts';
import { parseFilter, parseOrder, readListRequest, writeCursor } from '../query-parameters.ts';
import * as social from '../social-login-schemas.ts';
import { actorOf } from './authenticate.ts';
import { ofUser, sorted } from './queries.ts';

/** GET /social-login-providers: the data of each provider. */
function listProviders(c: Context<Web>) {
  const providers = Object.entries(IDENTITY_PROVIDERS).map(
    ([provider, { title, documentation, readOn: read, socialLogin }]) => {
      const { scopes, requires: needs = [] } = socialLogin;
      return { provider, title, documentation, read, scopes, needs };
    },
  );
  return c.json({ providers });
}

async function listIdentities(c: Context<Web>) {
  const { databases } = c.get('deps');
  const { rows, next } = await readIdentities(
    databases,
    { ...parseOrder(c, IDENTITY_SORTS), ...parseFilter(c, 'login', 'user') },
    readListRequest(c),
  );
  return c.json({ identities: rows.map(showIdentity), next: writeCursor(next) });
}

/** Also the last way in of its user, but for the last administrator. */
async function deleteIdentity(c: Context<Web>) {
  await unlinkUserIdentity(c.get('deps'), actorOf(c), await identityOf(c));
  return c.body(null, 204);
}

const getIdentity = async (c: Context<Web>) => c.json(showIdentity(await identityOf(c)));

async function identityOf(c: Context<Web>): Promise<Identity> {
  const identity = await findIdentity(c.get('deps').databases, c.req.param('id') ?? '');
  if (!identity) throw new OAuthError('not_found', 'no such account is linked.');
  return identity;
}

function showIdentity({ id, loginId, issuer, subject, userId, account, createdAt, lastUsedAt }: Identity) {
  return {
    id,
    login: loginId,
    issuer,
    subject,
    user: userId,
    account,
    created_at: new Date(createdAt).toISOString(),
    last_used_at: new Date(lastUsedAt).toISOString(),
  };
}

/** Routes of social logins in the API table. */
export const IDENTITY_ROUTES: ApiTable['routes'] = {
  listProviders: {
    method: 'GET',
    path: '/social-login-providers',
    summary: 'What is known of providers to sign in with',
    response: social.SocialLoginProviderListSchema,
    handle: listProviders,
  },
  listIdentities: {
    method: 'GET',
    path: '/identities',
    summary: 'The accounts at identity providers that sign users in, oldest first or last',
    query: { ...sorted(IDENTITY_SORTS), login: 'Only those of this social login.', user: ofUser },
    response: social.LinkedIdentityPageSchema,
    handle: listIdentities,
  },
  getIdentity: {
    method: 'GET',
    path: '/identities/{id}',
    summary: 'One linked account',
    response: social.LinkedIdentitySchema,
    handle: getIdentity,
  },
  deleteIdentity: {
    method: 'DELETE',
    path: '/identities/{id}',
    summary: 'Unlinks one; it signs nobody in any more',
    handle: deleteIdentity,
  },
};
