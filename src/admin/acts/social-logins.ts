/** What an administrator does to social logins: the same for the API, and so the command, and for the console. */
import type * as z from 'zod';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { SocialLoginDescription } from '../../protocol/social-login.ts';
import { presetOf } from '../../social-login/presets/index.ts';
import { establishLogin, whatIsMissing, whyNotShown } from '../../social-login/record.ts';
import { readLatestSettings } from '../../storage/settings.ts';
import {
  countUsersOf,
  deleteSocialLogin,
  findSocialLoginLatest,
  insertSocialLogin,
  type SocialLogin,
  updateSocialLogin,
} from '../../storage/social-logins.ts';
import { parsed } from '../../web/api.ts';
import type { Deps } from '../../web/context.ts';
import type { NewSocialLoginRequest, SocialLoginChangesRequest } from '../social-login-schemas.ts';
import { checkAnotherWayIn } from './password-switch.ts';

/** @throws OAuthError not_found */
export async function findLogin({ databases }: Pick<Deps, 'databases'>, id: string): Promise<SocialLogin> {
  const login = await findSocialLoginLatest(databases, id);
  if (!login) throw new OAuthError('not_found', 'there is no such social login.');
  return login;
}

/** How many people it signs in, and how many of them have no other way. */
export const usersOf = async ({ databases, settings }: Pick<Deps, 'databases' | 'settings'>, id: string) =>
  countUsersOf(databases, id, await settings());

/** One that is not complete is kept, disabled, until it is. @throws OAuthError conflict, invalid_request. */
export async function addLogin(
  deps: Deps,
  actor: string,
  { id, provider, client_id, client_secret, ...rest }: z.infer<typeof NewSocialLoginRequest>,
): Promise<SocialLogin> {
  if (await findSocialLoginLatest(deps.databases, id)) throw exists();
  const description = { ...rest, name: rest.name ?? presetOf(provider).title };
  const said = { provider, description, clientId: client_id, clientSecret: client_secret };
  const made = await establishLogin(deps, id, said, undefined);
  const login = whatIsMissing(made, deps.config) === undefined ? made : { ...made, disabledAt: deps.moment.now };
  if (!(await insertSocialLogin(deps.databases, deps.moment, actor, login))) throw exists();
  return login;
}

const exists = () => new OAuthError('conflict', 'id: there is a social login with this id.');

/**
 * Changes a social login. But for switching it off and on, the provider is looked at again.
 * @throws OAuthError invalid_request, conflict.
 */
export async function alterLogin(
  deps: Deps,
  actor: string,
  login: SocialLogin,
  { disabled, ...said }: z.infer<typeof SocialLoginChangesRequest>,
): Promise<SocialLogin> {
  const isOnlySwitched = disabled !== undefined && Object.keys(said).length === 0;
  const changed = { ...(isOnlySwitched ? login : await establishAgain(deps, login, said)) };
  if (disabled !== undefined) changed.disabledAt = disabled ? deps.moment.now : null;
  const missing = whatIsMissing(changed, deps.config);
  if (disabled === false && missing) throw new OAuthError('invalid_request', `it cannot be enabled: ${missing}.`);
  if (whyNotShown(changed, deps.config) !== undefined) await checkAnotherWayIn(deps, login.id);
  await updateSocialLogin(deps.databases, deps.moment, actor, changed);
  return changed;
}

async function establishAgain(
  deps: Deps,
  login: SocialLogin,
  { client_id, client_secret, ...changes }: Omit<z.infer<typeof SocialLoginChangesRequest>, 'disabled'>,
): Promise<SocialLogin> {
  const description = parsed(SocialLoginDescription.safeParse({ ...login.description, ...changes }));
  if (description.user_id !== login.description.user_id) await checkNobodyIsKnown(deps, login);
  const said = { provider: login.provider, description, clientId: client_id, clientSecret: client_secret };
  return establishLogin(deps, login.id, said, login);
}

/** By another member of the profile, somebody could be taken for whoever has the same there under the former one. */
async function checkNobodyIsKnown(deps: Deps, { id }: SocialLogin): Promise<void> {
  const { people } = await usersOf(deps, id);
  if (people > 0)
    throw new OAuthError(
      'conflict',
      `user_id: it stays while it signs in ${people} people: make another social login.`,
    );
}

/** @returns whom it signed in: their accounts stay, and so do their sessions. @throws OAuthError conflict. */
export async function removeLogin(deps: Deps, actor: string, { id }: SocialLogin) {
  const { databases, moment } = deps;
  await checkAnotherWayIn(deps, id);
  return deleteSocialLogin(databases, moment, actor, id, await readLatestSettings(databases));
}
