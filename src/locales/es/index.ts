/** Spanish: every page of users, and the mails. */
import type { Translation } from '../en/index.ts';
import account from './account.ts';
import applications from './applications.ts';
import connections from './connections.ts';
import consent from './consent.ts';
import yourData from './data.ts';
import device from './device.ts';
import email from './email.ts';
import endSession from './end-session.ts';
import error from './error.ts';
import fields from './fields.ts';
import front from './front.ts';
import keys from './keys.ts';
import layout from './layout.ts';
import mail from './mail.ts';
import messages from './messages.ts';
import passkeys from './passkeys.ts';
import password from './password.ts';
import profile from './profile.ts';
import recovery from './recovery.ts';
import scopes from './scopes.ts';
import secondFactor from './second-factor.ts';
import sessions from './sessions.ts';
import signIn from './sign-in.ts';
import signOut from './sign-out.ts';
import signUp from './sign-up.ts';
import socialLogin from './social-login.ts';
import welcome from './welcome.ts';

export default {
  account,
  applications,
  connections,
  consent,
  device,
  email,
  endSession,
  error,
  fields,
  front,
  keys,
  layout,
  mail,
  messages,
  passkeys,
  password,
  profile,
  recovery,
  scopes,
  secondFactor,
  sessions,
  signIn,
  signOut,
  signUp,
  socialLogin,
  welcome,
  yourData,
} satisfies Translation;
