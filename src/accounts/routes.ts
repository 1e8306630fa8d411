/** The routes of sign-in, sign-up, recovery and account pages. */
import { type Handler, Hono } from 'hono';
import type { Web } from '../http/context.ts';
import { methodNotAllowed } from '../http/error-response.ts';
import { requireSameOrigin } from '../http/security-headers.ts';
import { errorPage } from '../ui/error-page.tsx';
import { API_KEYS_PAGE, NEW_API_KEY_PAGE, revokeApiKeyByForm, showApiKeys } from './account/api-keys.tsx';
import {
  ACCOUNT_DELETION,
  DATA_EXPORT,
  DATA_PAGE,
  exportData,
  showData,
  submitCancelDeletion,
} from './account/data.tsx';
import { CONFIRM_ADDRESS, EMAIL_PAGE, showEmail, submitChangeEmail } from './account/email.tsx';
import { showAccount } from './account/overview.tsx';
import { ADD_PASSKEY, PASSKEYS_PAGE, REMOVE_PASSKEY, RENAME_PASSKEY, showPasskeys } from './account/passkeys.tsx';
import { PASSWORD_PAGE, showPassword, submitChangePassword } from './account/password.tsx';
import { PROFILE_PAGE, showProfile, submitChangeProfile } from './account/profile.tsx';
import { ACCOUNT_SESSIONS, showSessions, submitEndSessions } from './account/sessions.tsx';
import { ACCOUNT, type AccountLink } from './account-page.tsx';
import { MAIL_CODE, MAIL_CODE_ENTRY } from './mail-code.ts';
import { signInWithPasskey } from './passkeys/sign-in.tsx';
import {
  sendReauthenticationLink,
  showReauthenticationLink,
  submitReauthenticationLink,
} from './reauthentication-link.tsx';
import { FORGOT_PASSWORD, requestRecovery, showRecovery } from './recovery.tsx';
import { REAUTHENTICATION_LINK } from './sealed-reauthentication-link.ts';
import {
  ADD_SECOND_FACTOR,
  NEW_RECOVERY_CODES,
  REMEMBERED_BROWSERS,
  REMOVE_SECOND_FACTOR,
  SECOND_FACTOR_PAGE,
  SECOND_FACTOR_SET_UP,
  SECOND_FACTOR_SIGN_IN,
} from './second-factor/paths.ts';
import { showSignIn, submitSignIn } from './sign-in.tsx';
import { MAIL_REAUTHENTICATION_LINK, PASSKEY_SIGN_IN } from './sign-in-page.tsx';
import { showSignOut, submitSignOut } from './sign-out.tsx';
import { showSignUp, submitSignUp } from './sign-up.tsx';
import { showFinishSignUp, submitFinishSignUp } from './sign-up-finish.tsx';
import { FINISH_SIGN_UP, SIGN_UP } from './sign-up-link.ts';
import { acceptWelcome, showWelcome } from './welcome.tsx';

type AccountForm = { path: string; show?: Handler<Web>; send?: Handler<Web> };

/** A handler of a page that few visits reach. */
const later =
  (name: keyof typeof import('./account/later-pages.ts')): Handler<Web> =>
  async (c) =>
    (await import('./account/later-pages.ts'))[name](c);

const ACCOUNT_FORMS: readonly AccountForm[] = [
  { path: '/sign-in', show: showSignIn, send: submitSignIn },
  { path: PASSKEY_SIGN_IN, send: signInWithPasskey },
  { path: MAIL_CODE, show: later('showMailCode'), send: later('requestMailCode') },
  { path: MAIL_CODE_ENTRY, show: later('showMailCodeEntry'), send: later('submitMailCode') },
  { path: SECOND_FACTOR_SIGN_IN, show: later('showSecondFactor'), send: later('submitSecondFactor') },
  { path: SECOND_FACTOR_SET_UP, show: later('showSetUp'), send: later('submitSetUp') },
  { path: MAIL_REAUTHENTICATION_LINK, send: sendReauthenticationLink },
  { path: REAUTHENTICATION_LINK, show: showReauthenticationLink, send: submitReauthenticationLink },
  { path: SIGN_UP, show: showSignUp, send: submitSignUp },
  { path: FINISH_SIGN_UP, show: showFinishSignUp, send: submitFinishSignUp },
  { path: '/sign-out', show: showSignOut, send: submitSignOut },
  { path: '/welcome', show: showWelcome, send: acceptWelcome },
  { path: FORGOT_PASSWORD, show: showRecovery, send: requestRecovery },
  { path: CONFIRM_ADDRESS, show: later('showConfirmAddress'), send: later('submitConfirmAddress') },
  { path: ACCOUNT, show: showAccount },
  { path: PROFILE_PAGE, show: showProfile, send: submitChangeProfile },
  { path: EMAIL_PAGE, show: showEmail, send: submitChangeEmail },
  { path: PASSWORD_PAGE, show: showPassword, send: submitChangePassword },
  { path: PASSKEYS_PAGE, show: showPasskeys },
  { path: RENAME_PASSKEY, show: later('showRenamePasskey'), send: later('submitRenamePasskey') },
  { path: ADD_PASSKEY, show: later('showAddPasskey'), send: later('submitAddPasskey') },
  { path: REMOVE_PASSKEY, show: later('showRemovePasskey'), send: later('submitRemovePasskey') },
  { path: SECOND_FACTOR_PAGE, show: later('showSecondFactorState') },
  { path: ADD_SECOND_FACTOR, show: later('showAddSecondFactor'), send: later('submitAddSecondFactor') },
  {
    path: REMOVE_SECOND_FACTOR,
    show: later('showRemoveSecondFactor'),
    send: later('submitRemoveSecondFactor'),
  },
  { path: REMEMBERED_BROWSERS, send: later('submitForgetBrowsers') },
  { path: NEW_RECOVERY_CODES, show: later('showRenewRecoveryCodes'), send: later('renewRecoveryCodes') },
  { path: ACCOUNT_SESSIONS, show: showSessions, send: submitEndSessions },
  { path: API_KEYS_PAGE, show: showApiKeys, send: revokeApiKeyByForm },
  { path: NEW_API_KEY_PAGE, show: later('showApiKeyForm'), send: later('createApiKeyByForm') },
  { path: DATA_PAGE, show: showData, send: submitCancelDeletion },
  { path: DATA_EXPORT, show: exportData },
  { path: ACCOUNT_DELETION, show: later('showDelete'), send: later('submitDeleteAccount') },
];

/** The account pages of this folder, in the order of the navigation. */
export const ACCOUNT_LINKS: readonly AccountLink[] = [
  { section: 'overview', href: ACCOUNT },
  { section: 'profile', href: PROFILE_PAGE },
  { section: 'email', href: EMAIL_PAGE },
  { section: 'password', href: PASSWORD_PAGE },
  { section: 'passkeys', href: PASSKEYS_PAGE },
  { section: 'factor', href: SECOND_FACTOR_PAGE },
  { section: 'sessions', href: ACCOUNT_SESSIONS },
];

export function accountRoutes() {
  const app = new Hono<Web>();
  app.onError((error, c) => errorPage(c, error));
  for (const { path, show, send } of ACCOUNT_FORMS) {
    app.use(path, requireSameOrigin);
    if (show) app.get(path, show);
    if (send) app.post(path, send);
    app.all(path, methodNotAllowed(...(show ? ['GET'] : []), ...(send ? ['POST'] : [])));
  }
  return app;
}
