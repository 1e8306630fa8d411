/** The routes of sign-in, sign-up, recovery and account pages. */
import { type Handler, Hono } from 'hono';
import type { Web } from '../http/context.ts';
import { methodNotAllowed } from '../http/error-response.ts';
import { requireSameOrigin } from '../http/security-headers.ts';
import { errorPage } from '../ui/error-page.tsx';
import { createApiKeyByForm, showApiKeyForm } from './account/api-key-add.tsx';
import { API_KEYS_PAGE, NEW_API_KEY_PAGE, revokeApiKeyByForm, showApiKeys } from './account/api-keys.tsx';
import { showConfirmAddress, submitConfirmAddress } from './account/confirm-address.tsx';
import {
  ACCOUNT_DELETION,
  DATA_EXPORT,
  DATA_PAGE,
  exportData,
  showData,
  submitCancelDeletion,
} from './account/data.tsx';
import { showDelete, submitDeleteAccount } from './account/data-delete.tsx';
import { CONFIRM_ADDRESS, EMAIL_PAGE, showEmail, submitChangeEmail } from './account/email.tsx';
import { showAccount } from './account/overview.tsx';
import { showAddPasskey, submitAddPasskey } from './account/passkey-add.tsx';
import { showRemovePasskey, submitRemovePasskey } from './account/passkey-remove.tsx';
import { showRenamePasskey, submitRenamePasskey } from './account/passkey-rename.tsx';
import { ADD_PASSKEY, PASSKEYS_PAGE, REMOVE_PASSKEY, RENAME_PASSKEY, showPasskeys } from './account/passkeys.tsx';
import { PASSWORD_PAGE, showPassword, submitChangePassword } from './account/password.tsx';
import { PROFILE_PAGE, showProfile, submitChangeProfile } from './account/profile.tsx';
import { ACCOUNT_SESSIONS, showSessions, submitEndSessions } from './account/sessions.tsx';
import { ACCOUNT, type AccountLink } from './account-page.tsx';
import { signInWithPasskey } from './passkeys/sign-in.tsx';
import {
  REAUTHENTICATION_LINK,
  sendReauthenticationLink,
  showReauthenticationLink,
  submitReauthenticationLink,
} from './reauthentication-link.tsx';
import { FORGOT_PASSWORD, requestRecovery, showRecovery } from './recovery.tsx';
import { showSignIn, submitSignIn } from './sign-in.tsx';
import { MAIL_REAUTHENTICATION_LINK, PASSKEY_SIGN_IN } from './sign-in-page.tsx';
import { showSignOut, submitSignOut } from './sign-out.tsx';
import { showSignUp, submitSignUp } from './sign-up.tsx';
import { showFinishSignUp, submitFinishSignUp } from './sign-up-finish.tsx';
import { FINISH_SIGN_UP, SIGN_UP } from './sign-up-link.ts';
import { acceptWelcome, showWelcome } from './welcome.tsx';

type AccountForm = { path: string; show?: Handler<Web>; send?: Handler<Web> };

const ACCOUNT_FORMS: readonly AccountForm[] = [
  { path: '/sign-in', show: showSignIn, send: submitSignIn },
  { path: PASSKEY_SIGN_IN, send: signInWithPasskey },
  { path: MAIL_REAUTHENTICATION_LINK, send: sendReauthenticationLink },
  { path: REAUTHENTICATION_LINK, show: showReauthenticationLink, send: submitReauthenticationLink },
  { path: SIGN_UP, show: showSignUp, send: submitSignUp },
  { path: FINISH_SIGN_UP, show: showFinishSignUp, send: submitFinishSignUp },
  { path: '/sign-out', show: showSignOut, send: submitSignOut },
  { path: '/welcome', show: showWelcome, send: acceptWelcome },
  { path: FORGOT_PASSWORD, show: showRecovery, send: requestRecovery },
  { path: CONFIRM_ADDRESS, show: showConfirmAddress, send: submitConfirmAddress },
  { path: ACCOUNT, show: showAccount },
  { path: PROFILE_PAGE, show: showProfile, send: submitChangeProfile },
  { path: EMAIL_PAGE, show: showEmail, send: submitChangeEmail },
  { path: PASSWORD_PAGE, show: showPassword, send: submitChangePassword },
  { path: PASSKEYS_PAGE, show: showPasskeys },
  { path: RENAME_PASSKEY, show: showRenamePasskey, send: submitRenamePasskey },
  { path: ADD_PASSKEY, show: showAddPasskey, send: submitAddPasskey },
  { path: REMOVE_PASSKEY, show: showRemovePasskey, send: submitRemovePasskey },
  { path: ACCOUNT_SESSIONS, show: showSessions, send: submitEndSessions },
  { path: API_KEYS_PAGE, show: showApiKeys, send: revokeApiKeyByForm },
  { path: NEW_API_KEY_PAGE, show: showApiKeyForm, send: createApiKeyByForm },
  { path: DATA_PAGE, show: showData, send: submitCancelDeletion },
  { path: DATA_EXPORT, show: exportData },
  { path: ACCOUNT_DELETION, show: showDelete, send: submitDeleteAccount },
];

/** The account pages of this folder, in the order of the navigation. */
export const ACCOUNT_LINKS: readonly AccountLink[] = [
  { section: 'overview', href: ACCOUNT },
  { section: 'profile', href: PROFILE_PAGE },
  { section: 'email', href: EMAIL_PAGE },
  { section: 'password', href: PASSWORD_PAGE },
  { section: 'passkeys', href: PASSKEYS_PAGE },
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
