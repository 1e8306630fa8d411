/** English: every page. */
import { account } from './account.ts';
import { applications } from './applications.ts';
import { connections } from './connections.ts';
import { consent } from './consent.ts';
import { console } from './console.ts';
import { consoleApiKeys } from './console-api-keys.ts';
import { consoleAudit } from './console-audit.ts';
import { consoleClients } from './console-clients.ts';
import { consoleConnectedApps } from './console-connected-apps.ts';
import { consoleInitialTokens } from './console-initial-tokens.ts';
import { consoleIssuers } from './console-issuers.ts';
import { consoleKeys } from './console-keys.ts';
import { consoleOverview } from './console-overview.ts';
import { consolePeople } from './console-people.ts';
import { consoleResources } from './console-resources.ts';
import { consoleSessions } from './console-sessions.ts';
import { consoleSettings } from './console-settings.ts';
import { consoleSocialLogins } from './console-social-logins.ts';
import { consoleTokens } from './console-tokens.ts';
import { consoleWaiting } from './console-waiting.ts';
import { device } from './device.ts';
import { email } from './email.ts';
import { endSession } from './end-session.ts';
import { error } from './error.ts';
import { fields } from './fields.ts';
import { front } from './front.ts';
import { keys } from './keys.ts';
import { layout } from './layout.ts';
import { mail } from './mail.ts';
import { passkeys } from './passkeys.ts';
import { password } from './password.ts';
import { profile } from './profile.ts';
import { recovery } from './recovery.ts';
import { reference } from './reference.ts';
import { scopes } from './scopes.ts';
import { sessions } from './sessions.ts';
import { signIn } from './sign-in.ts';
import { signOut } from './sign-out.ts';
import { signUp } from './sign-up.ts';
import { socialLogin } from './social-login.ts';
import { welcome } from './welcome.ts';

export const en = {
  account,
  applications,
  connections,
  consent,
  console,
  consoleApiKeys,
  consoleAudit,
  consoleClients,
  consoleConnectedApps,
  consoleInitialTokens,
  consoleIssuers,
  consoleKeys,
  consoleOverview,
  consolePeople,
  consoleResources,
  consoleSessions,
  consoleSettings,
  consoleSocialLogins,
  consoleTokens,
  consoleWaiting,
  device,
  endSession,
  email,
  error,
  fields,
  front,
  keys,
  layout,
  mail,
  passkeys,
  password,
  profile,
  recovery,
  reference,
  scopes,
  sessions,
  signIn,
  signOut,
  signUp,
  socialLogin,
  welcome,
};
