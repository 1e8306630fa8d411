/** Operations of administrators on social logins, shared by the API (and so the command) and the console. */
import type * as z from 'zod';
import { requireParsed } from '../../http/api/routes.ts';
import type { Deps } from '../../http/context.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { SocialLoginDescription } from '../../protocol/social-login.ts';
import { identityProviderOf } from '../../providers/index.ts';
import { missingRequirement, unavailableReason } from '../../social-login/requirements.ts';
import {
  deleteSocialLogin,
  insertSocialLogin,
  updateSocialLogin,
} from '../../storage/providers/social-login-changes.ts';
import { countUsersOf, findSocialLoginFromPrimary, type SocialLogin } from '../../storage/providers/social-logins.ts';
import { readSettingsFromPrimary } from '../../storage/server/settings.ts';
import type { NewSocialLoginRequest, SocialLoginChangesRequest } from '../records/social-login.ts';
import { checkAnotherSignInMethod } from './password-setting.ts';

/** @throws OAuthError not_found */
export async function requireSocialLogin({ databases }: Pick<Deps, 'databases'>, id: string): Promise<SocialLogin> {
  const login = await findSocialLoginFromPrimary(databases, id);
  if (!login) throw new OAuthError('not_found', 'there is no such social login.');
  return login;
}

/** Counts the users that it signs in, and those of them without another sign-in method. */
export const usersOf = async ({ databases, settings }: Pick<Deps, 'databases' | 'settings'>, id: string) =>
  countUsersOf(databases, id, await settings());

/** One that is not complete is kept, disabled, until it is. @throws OAuthError conflict, invalid_request. */
export async function addSocialLogin(
  deps: Deps,
  actor: string,
  { id, provider, client_id, client_secret, ...rest }: z.infer<typeof NewSocialLoginRequest>,
): Promise<SocialLogin> {
  if (await findSocialLoginFromPrimary(deps.databases, id)) throw exists();
  const description = { ...rest, name: rest.name ?? identityProviderOf(provider).title };
  const request = { provider, description, clientId: client_id, clientSecret: client_secret };
  // Loaded when it is first needed.
  const { discoverLogin } = await import('../../social-login/discovery.ts');
  const made = await discoverLogin(deps, id, request, undefined);
  const login = missingRequirement(made, deps.config) === undefined ? made : { ...made, disabledAt: deps.moment.now };
  if (!(await insertSocialLogin(deps.databases, deps.moment, actor, login))) throw exists();
  return login;
}

const exists = () => new OAuthError('conflict', 'id: there is a social login with this id.');

/**
 * Changes a social login. But for switching it off and on, the provider is looked at again.
 * @throws OAuthError invalid_request, conflict.
 */
export async function updateSocialLoginRecord(
  deps: Deps,
  actor: string,
  login: SocialLogin,
  { disabled, ...changes }: z.infer<typeof SocialLoginChangesRequest>,
): Promise<SocialLogin> {
  const isOnlySwitched = disabled !== undefined && Object.keys(changes).length === 0;
  const changed = { ...(isOnlySwitched ? login : await establishAgain(deps, login, changes)) };
  if (disabled !== undefined) changed.disabledAt = disabled ? deps.moment.now : null;
  const missing = missingRequirement(changed, deps.config);
  if (disabled === false && missing) throw new OAuthError('invalid_request', `it cannot be enabled: ${missing}.`);
  const isOff = unavailableReason(changed, deps.config) !== undefined;
  if (isOff) await checkAnotherSignInMethod(deps, login.id);
  await updateSocialLogin(deps.databases, deps.moment, actor, changed, isOff);
  return changed;
}

async function establishAgain(
  deps: Deps,
  login: SocialLogin,
  { client_id, client_secret, ...changes }: Omit<z.infer<typeof SocialLoginChangesRequest>, 'disabled'>,
): Promise<SocialLogin> {
  const description = requireParsed(SocialLoginDescription.safeParse({ ...login.description, ...changes }));
  if (description.user_id !== login.description.user_id) await checkNobodyIsKnown(deps, login);
  const request = { provider: login.provider, description, clientId: client_id, clientSecret: client_secret };
  const { discoverLogin } = await import('../../social-login/discovery.ts');
  return discoverLogin(deps, login.id, request, login);
}

/** Another member of the profile could match the value that a different user has in the former one. */
async function checkNobodyIsKnown(deps: Deps, { id }: SocialLogin): Promise<void> {
  const { users } = await usersOf(deps, id);
  if (users > 0)
    throw new OAuthError('conflict', `user_id: it stays while it signs in ${users} users: make another social login.`);
}

/** @returns whom it signed in: their accounts stay, and so do their sessions. @throws OAuthError conflict. */
export async function removeSocialLogin(deps: Deps, actor: string, { id }: SocialLogin) {
  const { databases, moment } = deps;
  await checkAnotherSignInMethod(deps, id);
  return deleteSocialLogin(databases, moment, actor, id, await readSettingsFromPrimary(databases));
}
