/** English: every page. */
import { accountTexts } from './account.ts';
import { applicationsTexts } from './applications.ts';
import { connectionsTexts } from './connections.ts';
import { consentTexts } from './consent.ts';
import { console } from './console.ts';
import { consoleAudit } from './console-audit.ts';
import { consoleCheckServer } from './console-check-server.ts';
import { consoleClients } from './console-clients.ts';
import { consoleConnectedApps } from './console-connected-apps.ts';
import { consoleIssuers } from './console-issuers.ts';
import { consoleKeys } from './console-keys.ts';
import { consoleOverview } from './console-overview.ts';
import { consoleResources } from './console-resources.ts';
import { consoleSettings } from './console-settings.ts';
import { consoleShards } from './console-shards.ts';
import { consoleSocialLogins } from './console-social-logins.ts';
import { consoleTimeline } from './console-timeline.ts';
import { consoleTokens } from './console-tokens.ts';
import { consoleUsers } from './console-users.ts';
import { yourDataTexts } from './data.ts';
import { deviceTexts } from './device.ts';
import { emailTexts } from './email.ts';
import { endSessionTexts } from './end-session.ts';
import { errorTexts } from './error.ts';
import { fieldsTexts } from './fields.ts';
import { frontTexts } from './front.ts';
import { keysTexts } from './keys.ts';
import { layoutTexts } from './layout.ts';
import { mailTexts } from './mail.ts';
import { passkeysTexts } from './passkeys.ts';
import { passwordTexts } from './password.ts';
import { profileTexts } from './profile.ts';
import { recoveryTexts } from './recovery.ts';
import { referenceTexts } from './reference.ts';
import { scopesTexts } from './scopes.ts';
import { secondFactorTexts } from './second-factor.ts';
import { sessionsTexts } from './sessions.ts';
import { signInTexts } from './sign-in.ts';
import { signOutTexts } from './sign-out.ts';
import { signUpTexts } from './sign-up.ts';
import { socialLoginTexts } from './social-login.ts';
import { welcomeTexts } from './welcome.ts';

export const en = {
  account: accountTexts,
  applications: applicationsTexts,
  connections: connectionsTexts,
  consent: consentTexts,
  console,
  consoleAudit,
  consoleCheckServer,
  consoleClients,
  consoleConnectedApps,
  consoleIssuers,
  consoleKeys,
  consoleOverview,
  consoleUsers,
  consoleResources,
  consoleSettings,
  consoleShards,
  consoleSocialLogins,
  consoleTimeline,
  consoleTokens,
  device: deviceTexts,
  endSession: endSessionTexts,
  email: emailTexts,
  error: errorTexts,
  fields: fieldsTexts,
  front: frontTexts,
  keys: keysTexts,
  layout: layoutTexts,
  mail: mailTexts,
  passkeys: passkeysTexts,
  password: passwordTexts,
  profile: profileTexts,
  recovery: recoveryTexts,
  reference: referenceTexts,
  scopes: scopesTexts,
  secondFactor: secondFactorTexts,
  sessions: sessionsTexts,
  signIn: signInTexts,
  signOut: signOutTexts,
  signUp: signUpTexts,
  socialLogin: socialLoginTexts,
  welcome: welcomeTexts,
  yourData: yourDataTexts,
};
