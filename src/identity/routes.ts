/** Pages about who a person is. */
import { type Handler, Hono } from 'hono';
import type { Web } from '../web/context.ts';
import { errorPage, methodNotAllowed } from '../web/render-error.tsx';
import { refuseForeignForms } from '../web/security-headers.ts';
import { confirmAddress, showConfirmation } from './account/confirm-address.tsx';
import { askForEmail, CONFIRM, EMAIL, showEmail } from './account/email.tsx';
import { ACCOUNT, showAccount } from './account/overview.tsx';
import { addOne, showAddPasskey } from './account/passkey-add.tsx';
import { removeOne, showRemovePasskey } from './account/passkey-remove.tsx';
import { renameOne, showRenamePasskey } from './account/passkey-rename.tsx';
import { ADD_PASSKEY, PASSKEYS, REMOVE_PASSKEY, RENAME_PASSKEY, showPasskeys } from './account/passkeys.tsx';
import { changePassword, PASSWORD, showPassword } from './account/password.tsx';
import { changeProfile, PROFILE, showProfile } from './account/profile.tsx';
import { endSessions, SESSIONS, showSessions } from './account/sessions.tsx';
import type { AccountLink } from './account-page.tsx';
import { signInWithPasskey } from './passkeys/sign-in.tsx';
import { FORGOT, recover, showRecovery } from './recovery.tsx';
import { showSignIn, signIn } from './sign-in.tsx';
import { PASSKEY_SIGN_IN } from './sign-in-page.tsx';
import { showSignOut, signOut } from './sign-out.tsx';
import { showSignUp, signUp } from './sign-up.tsx';
import { finishSignUp, showFinishSignUp } from './sign-up-finish.tsx';
import { FINISH_SIGN_UP, SIGN_UP } from './sign-up-link.ts';
import { showWelcome, welcome } from './welcome.tsx';

type Form = { path: string; show?: Handler<Web>; send?: Handler<Web> };

const FORMS: readonly Form[] = [
  { path: '/sign-in', show: showSignIn, send: signIn },
  { path: PASSKEY_SIGN_IN, send: signInWithPasskey },
  { path: SIGN_UP, show: showSignUp, send: signUp },
  { path: FINISH_SIGN_UP, show: showFinishSignUp, send: finishSignUp },
  { path: '/sign-out', show: showSignOut, send: signOut },
  { path: '/welcome', show: showWelcome, send: welcome },
  { path: FORGOT, show: showRecovery, send: recover },
  { path: CONFIRM, show: showConfirmation, send: confirmAddress },
  { path: ACCOUNT, show: showAccount },
  { path: PROFILE, show: showProfile, send: changeProfile },
  { path: EMAIL, show: showEmail, send: askForEmail },
  { path: PASSWORD, show: showPassword, send: changePassword },
  { path: PASSKEYS, show: showPasskeys },
  { path: RENAME_PASSKEY, show: showRenamePasskey, send: renameOne },
  { path: ADD_PASSKEY, show: showAddPasskey, send: addOne },
  { path: REMOVE_PASSKEY, show: showRemovePasskey, send: removeOne },
  { path: SESSIONS, show: showSessions, send: endSessions },
];

/** The pages of this room that are about oneself, in the order of the navigation. */
export const OWN_ACCOUNT_LINKS: readonly AccountLink[] = [
  { section: 'overview', href: ACCOUNT },
  { section: 'profile', href: PROFILE },
  { section: 'email', href: EMAIL },
  { section: 'password', href: PASSWORD },
  { section: 'passkeys', href: PASSKEYS },
  { section: 'sessions', href: SESSIONS },
];

export function identityRoutes() {
  const app = new Hono<Web>();
  app.onError((error, c) => errorPage(c, error));
  for (const { path, show, send } of FORMS) {
    app.use(path, refuseForeignForms);
    if (show) app.get(path, show);
    if (send) app.post(path, send);
    app.all(path, methodNotAllowed(...(show ? ['GET'] : []), ...(send ? ['POST'] : [])));
  }
  return app;
}
