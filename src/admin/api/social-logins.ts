/** /api/admin/social-logins and /identities: with whose accounts people sign in, and which account is whom. */
import type { Context } from 'hono';
import type * as z from 'zod';
import type { Config } from '../../config.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { returnPath } from '../../protocol/social-login.ts';
import { PRESETS } from '../../social-login/presets/index.ts';
import { credentialsIn, whyNotShown } from '../../social-login/record.ts';
import { IDENTITY_SORTS, listIdentities as readIdentities } from '../../storage/lists.ts';
import { findIdentity, type Identity, unlinkIdentity } from '../../storage/person-identities.ts';
import { socialLoginIsAsRead } from '../../storage/precondition.ts';
import { listSocialLogins as readLogins, type SocialLogin } from '../../storage/social-logins.ts';
import { type ApiTable, route } from '../../web/api.ts';
import type { Web } from '../../web/context.ts';
import { addLogin, alterLogin, findLogin, removeLogin, usersOf } from '../acts/social-logins.ts';
import { askedFilter, askedOrder, askedPage, writeCursor } from '../parse.ts';
import type { NewSocialLoginRequest, SocialLoginChangesRequest } from '../social-login-schemas.ts';
import * as social from '../social-login-schemas.ts';
import { actorOf } from './authenticate.ts';
import { ofPerson, sorted } from './queries.ts';

/** What is known of each provider. */
function listProviders(c: Context<Web>) {
  const providers = Object.entries(PRESETS).map(([provider, { title, documentation, read, scopes, needs = [] }]) => ({
    ...{ provider, title, documentation, read, scopes, needs },
  }));
  return c.json({ providers });
}

async function listSocialLogins(c: Context<Web>) {
  const { databases, config } = c.get('deps');
  const rows = await readLogins(databases);
  return c.json({ social_logins: rows.map((login) => show(config, login)) });
}

async function getSocialLogin(c: Context<Web>) {
  const deps = c.get('deps');
  const login = await find(c);
  return c.json({ ...show(deps.config, login), ...(await usersOf(deps, login.id)) });
}

const socialLoginIsStill = async (c: Context<Web>) => socialLoginIsAsRead(await find(c));

async function createSocialLogin(c: Context<Web>, request: z.infer<typeof NewSocialLoginRequest>) {
  const deps = c.get('deps');
  return c.json(show(deps.config, await addLogin(deps, actorOf(c), request)), 201);
}

async function patchSocialLogin(c: Context<Web>, request: z.infer<typeof SocialLoginChangesRequest>) {
  const deps = c.get('deps');
  return c.json(show(deps.config, await alterLogin(deps, actorOf(c), await find(c), request)));
}

async function deleteSocialLogin(c: Context<Web>) {
  return c.json({ deleted: true, ...(await removeLogin(c.get('deps'), actorOf(c), await find(c))) });
}

async function listIdentities(c: Context<Web>) {
  const { databases } = c.get('deps');
  const { rows, next } = await readIdentities(
    databases,
    { ...askedOrder(c, IDENTITY_SORTS), ...askedFilter(c, 'login', 'person') },
    askedPage(c),
  );
  return c.json({ identities: rows.map(showIdentity), next: writeCursor(next) });
}

/** Also the last way in of its person: an administrator knows what they do. */
async function deleteIdentity(c: Context<Web>) {
  const { databases, moment, settings } = c.get('deps');
  await unlinkIdentity(databases, moment, actorOf(c), await identityOf(c), await settings());
  return c.body(null, 204);
}

const getIdentity = async (c: Context<Web>) => c.json(showIdentity(await identityOf(c)));

async function identityOf(c: Context<Web>): Promise<Identity> {
  const identity = await findIdentity(c.get('deps').databases, c.req.param('id') ?? '');
  if (!identity) throw new OAuthError('not_found', 'no such account is linked.');
  return identity;
}

const find = (c: Context<Web>): Promise<SocialLogin> => findLogin(c.get('deps'), c.req.param('id') ?? '');

/** Never the secret. */
function show(config: Config, login: SocialLogin) {
  const configured = credentialsIn(config, login);
  return {
    ...{ id: login.id, provider: login.provider },
    ...login.description,
    dpop: login.description.dpop ?? 'auto',
    issuer: login.issuer,
    metadata: login.metadataUrl,
    redirect_uri: config.issuer + returnPath(login.id),
    client_id: configured?.clientId ?? login.clientId,
    auth_method: login.authMethod,
    has_secret: configured ? configured.clientSecret !== undefined : login.sealedSecret !== null,
    configured: configured !== undefined,
    created_at: new Date(login.createdAt).toISOString(),
    disabled: login.disabledAt !== null,
    why_not_shown: whyNotShown(login, config) ?? null,
  };
}

function showIdentity({ id, loginId, issuer, subject, personId, account, createdAt, lastUsedAt }: Identity) {
  return {
    ...{ id, login: loginId, issuer, subject, person: personId, account },
    ...{ created_at: new Date(createdAt).toISOString(), last_used_at: new Date(lastUsedAt).toISOString() },
  };
}

/** What the API table says of them. */
export const SOCIAL_LOGIN_ROUTES: ApiTable['routes'] = {
  listProviders: {
    ...{ method: 'GET', path: '/social-login-providers', summary: 'What is known of providers to sign in with' },
    ...{ answer: social.SocialLoginProviderList, handle: listProviders },
  },
  listSocialLogins: {
    ...{ method: 'GET', path: '/social-logins', summary: 'With whose accounts people sign in, and why not' },
    ...{ answer: social.SocialLoginList, handle: listSocialLogins },
  },
  createSocialLogin: route({
    ...{ method: 'POST', path: '/social-logins', summary: 'A new one; it stays disabled until it is complete' },
    ...{ status: 201, body: social.NewSocialLoginRequest, answer: social.SocialLogin, handle: createSocialLogin },
  }),
  getSocialLogin: {
    ...{ method: 'GET', path: '/social-logins/{id}', summary: 'One social login, and how many it signs in' },
    ...{ answer: social.SocialLoginWithUsers, handle: getSocialLogin, isAsRead: socialLoginIsStill },
  },
  patchSocialLogin: route({
    ...{ method: 'PATCH', path: '/social-logins/{id}', summary: 'Changes, disables or enables a social login' },
    ...{ body: social.SocialLoginChangesRequest, answer: social.SocialLogin, handle: patchSocialLogin },
  }),
  deleteSocialLogin: {
    ...{ method: 'DELETE', path: '/social-logins/{id}', summary: 'With every link to it; says whom that concerns' },
    ...{ answer: social.DeletedSocialLogin, handle: deleteSocialLogin },
  },
  listIdentities: {
    ...{ method: 'GET', path: '/identities', summary: 'Accounts elsewhere that sign people in, oldest first or last' },
    ...{ query: { ...sorted(IDENTITY_SORTS), login: 'Only those of this social login.', person: ofPerson } },
    ...{ answer: social.LinkedIdentityPage, handle: listIdentities },
  },
  getIdentity: {
    ...{ method: 'GET', path: '/identities/{id}', summary: 'One linked account' },
    ...{ answer: social.LinkedIdentity, handle: getIdentity },
  },
  deleteIdentity: {
    ...{ method: 'DELETE', path: '/identities/{id}', summary: 'Unlinks one; it signs nobody in any more' },
    handle: deleteIdentity,
  },
};
