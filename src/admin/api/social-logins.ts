/** /api/admin/social-logins and /identities: with whose accounts people sign in, and which account is whom. */
import type { Context } from 'hono';
import type * as z from 'zod';
import type { Config } from '../../config.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { returnPath, SocialLoginDescription } from '../../protocol/social-login.ts';
import { PRESETS, presetOf } from '../../social-login/presets/index.ts';
import { credentialsIn, establishLogin, whatIsMissing, whyNotShown } from '../../social-login/record.ts';
import { listIdentities as readIdentities } from '../../storage/lists.ts';
import { findIdentity, type Identity, unlinkIdentity } from '../../storage/person-identities.ts';
import { socialLoginIsAsRead } from '../../storage/precondition.ts';
import { readLatestSettings } from '../../storage/settings.ts';
import {
  countUsersOf,
  findSocialLoginLatest,
  insertSocialLogin,
  listSocialLogins as readLogins,
  deleteSocialLogin as removeLogin,
  type SocialLogin,
  updateSocialLogin,
} from '../../storage/social-logins.ts';
import { parsed } from '../../web/api.ts';
import type { Deps, Web } from '../../web/context.ts';
import { checkAnotherWayIn } from '../acts/password-switch.ts';
import { askedFilter, askedPage, writeCursor } from '../parse.ts';
import type { NewSocialLoginRequest, SocialLoginChangesRequest } from '../social-login-schemas.ts';
import { actorOf } from './authenticate.ts';

/** What is known of each provider. */
export function listProviders(c: Context<Web>) {
  const providers = Object.entries(PRESETS).map(([provider, { title, documentation, read, scopes, needs = [] }]) => ({
    ...{ provider, title, documentation, read, scopes, needs },
  }));
  return c.json({ providers });
}

export async function listSocialLogins(c: Context<Web>) {
  const { databases, config } = c.get('deps');
  const rows = await readLogins(databases);
  return c.json({ social_logins: rows.map((login) => show(config, login)) });
}

export async function getSocialLogin(c: Context<Web>) {
  const { databases, config } = c.get('deps');
  const login = await find(c);
  const users = await countUsersOf(databases, login.id, await readLatestSettings(databases));
  return c.json({ ...show(config, login), ...users });
}

export const socialLoginIsStill = async (c: Context<Web>) => socialLoginIsAsRead(await find(c));

/** One that is not complete is kept, disabled, until it is. */
export async function createSocialLogin(c: Context<Web>, request: z.infer<typeof NewSocialLoginRequest>) {
  const deps = c.get('deps');
  const { id, provider, client_id, client_secret, ...rest } = request;
  if (await findSocialLoginLatest(deps.databases, id)) throw exists();
  const description = { ...rest, name: rest.name ?? presetOf(provider).title };
  const said = { provider, description, clientId: client_id, clientSecret: client_secret };
  const made = await establishLogin(deps, id, said, undefined);
  const login = whatIsMissing(made, deps.config) === undefined ? made : { ...made, disabledAt: deps.moment.now };
  if (!(await insertSocialLogin(deps.databases, deps.moment, actorOf(c), login))) throw exists();
  return c.json(show(deps.config, login), 201);
}

const exists = () => new OAuthError('conflict', 'there is a social login with this id.');

export async function patchSocialLogin(c: Context<Web>, request: z.infer<typeof SocialLoginChangesRequest>) {
  const deps = c.get('deps');
  const login = await find(c);
  const { disabled, client_id, client_secret, ...changes } = request;
  const description = parsed(SocialLoginDescription.safeParse({ ...login.description, ...changes }));
  if (description.user_id !== login.description.user_id) await checkNobodyIsKnown(deps, login);
  const said = { provider: login.provider, description, clientId: client_id, clientSecret: client_secret };
  const changed = await establishLogin(deps, login.id, said, login);
  if (disabled !== undefined) changed.disabledAt = disabled ? deps.moment.now : null;
  const missing = whatIsMissing(changed, deps.config);
  if (disabled === false && missing) throw new OAuthError('invalid_request', `it cannot be enabled: ${missing}.`);
  if (whyNotShown(changed, deps.config) !== undefined) await checkAnotherWayIn(deps, login.id);
  await updateSocialLogin(deps.databases, deps.moment, actorOf(c), changed);
  return c.json(show(deps.config, changed));
}

/** By another member of the profile, somebody could be taken for whoever has the same there under the former one. */
async function checkNobodyIsKnown({ databases }: Deps, { id }: SocialLogin): Promise<void> {
  const { people } = await countUsersOf(databases, id, await readLatestSettings(databases));
  if (people > 0)
    throw new OAuthError('conflict', `user_id stays while it signs in ${people} people: make another social login.`);
}

/** @returns whom it signed in: their accounts stay, and so do their sessions. */
export async function deleteSocialLogin(c: Context<Web>) {
  const { databases, moment } = c.get('deps');
  const { id } = await find(c);
  await checkAnotherWayIn(c.get('deps'), id);
  const users = await removeLogin(databases, moment, actorOf(c), id, await readLatestSettings(databases));
  return c.json({ deleted: true, ...users });
}

export async function listIdentities(c: Context<Web>) {
  const { databases } = c.get('deps');
  const { rows, next } = await readIdentities(databases, askedFilter(c, 'login', 'person'), askedPage(c));
  return c.json({ identities: rows.map(showIdentity), next: writeCursor(next) });
}

/** Also the last way in of its person: an administrator knows what they do. */
export async function deleteIdentity(c: Context<Web>) {
  const { databases, moment, settings } = c.get('deps');
  const identity = await findIdentity(databases, c.req.param('id') ?? '');
  if (!identity) throw new OAuthError('not_found', 'no such account is linked.');
  await unlinkIdentity(databases, moment, actorOf(c), identity, await settings());
  return c.body(null, 204);
}

async function find(c: Context<Web>): Promise<SocialLogin> {
  const login = await findSocialLoginLatest(c.get('deps').databases, c.req.param('id') ?? '');
  if (!login) throw new OAuthError('not_found', 'there is no such social login.');
  return login;
}

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
