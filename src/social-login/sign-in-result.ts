/** The result of a sign-in at a provider: a session, or the question whether to link the identity. */
import type { Context } from 'hono';
import { completeSignIn } from '../accounts/complete-sign-in.ts';
import { currentSession } from '../accounts/current-session.ts';
import { signInAddress } from '../accounts/sign-in-continuation.ts';
import { sha256 } from '../crypto/digest.ts';
import type { Web } from '../http/context.ts';
import type { Flow } from '../oauth-client/flow.ts';
import { completeFlow, dropFlow } from '../oauth-client/flow-cookie.ts';
import { AMR_FEDERATED } from '../protocol/amr.ts';
import { SIGN_IN_METHODS_PAGE } from '../protocol/social-login.ts';
import type { SocialLogin } from '../storage/providers/social-logins.ts';
import { mapRoles } from '../storage/users/user-changes.ts';
import type { User } from '../storage/users/users.ts';
import { textsOf } from '../ui/locale.ts';
import { matchAccount } from './account-matching.ts';
import { dropContinuation, shortenContinuation } from './continuation-cookie.ts';
import { confirmLinkPage, signInToLinkPage } from './link.tsx';
import { refusalPage, signInProblemPage } from './pages.tsx';
import type { ProviderProfile } from './profile.ts';

type SignInProgress = { authTime: number | null; flow: Flow; sealed: string | undefined };

/** Matches the identity to an account and begins its session; else a page refuses, or asks to sign in to the account. */
export async function signInAs(
  c: Context<Web>,
  login: SocialLogin,
  profile: ProviderProfile,
  progress: SignInProgress,
) {
  const { sealed } = progress;
  const match = await matchAccount(c.get('deps'), login, profile);
  if (!('user' in match)) {
    dropFlow(c, progress.flow);
    dropContinuation(c, progress.flow.state);
  }
  if ('refusal' in match) return refusalPage(c, login, match.refusal, sealed);
  if ('mustSignIn' in match) return signInToLinkPage(c, login, profile, match.mustSignIn, sealed);
  return startSession(c, login, await withMappedRoles(c, login, profile, match.user), progress);
}

/** The user with the roles that the provider's claim maps to, updated at each sign-in. */
async function withMappedRoles(
  c: Context<Web>,
  login: SocialLogin,
  { mappedRoles: mapped }: ProviderProfile,
  user: User,
) {
  const { databases, moment } = c.get('deps');
  return mapped ? mapRoles(databases, moment, `social-login:${login.id}`, user, mapped) : user;
}

async function startSession(
  c: Context<Web>,
  { id: loginId }: SocialLogin,
  user: User,
  { authTime, flow, sealed }: SignInProgress,
) {
  const authentication = {
    amr: [...AMR_FEDERATED],
    authTime,
    upstreamStateHash: sha256(flow.state),
    loginId,
  };
  // Before the redirect is made: a cookie that is set later is in no response.
  await completeFlow(c, flow);
  shortenContinuation(c, flow.state);
  return completeSignIn(c, user, authentication, { sealed });
}

/** Asks the user who began linking to confirm the identity. */
export async function proceedToLink(
  c: Context<Web>,
  login: SocialLogin,
  profile: ProviderProfile,
  flow: Flow & { user: string },
) {
  const signedIn = await currentSession(c);
  if (signedIn?.user.id === flow.user) {
    return confirmLinkPage(c, login, profile, signedIn, (address) => completeFlow(c, flow, address));
  }
  dropFlow(c, flow);
  const { trouble, link } = textsOf(c, 'socialLogin');
  const href = await signInAddress(c.get('deps'), { to: SIGN_IN_METHODS_PAGE, ask: 'choice' });
  return signInProblemPage(c, { login, failure: trouble.somebodyElse, further: { href, label: link.another } });
}
