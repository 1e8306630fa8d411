/** English: every page but the console, and the types that translations satisfy. */
import { accountTexts } from './account.ts';
import { applicationsTexts } from './applications.ts';
import { connectionsTexts } from './connections.ts';
import { consentTexts } from './consent.ts';
import type { consoleTexts } from './console-index.ts';
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
import type { ErrorSentence } from './messages.ts';
import { passkeysTexts } from './passkeys.ts';
import { passwordTexts } from './password.ts';
import { playgroundTexts } from './playground.ts';
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
  playground: playgroundTexts,
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

/** The texts by page, with the placeholders for names and links. */
export type Texts = typeof en & typeof consoleTexts;

/** Pages for administrators and developers. */
type EnglishPage = keyof typeof consoleTexts | 'reference' | 'playground';

export type TranslatedPage = Exclude<keyof Texts, EnglishPage>;

/** A sentence for each error that pages and mails show; none in English, where they show it as it is. */
export type ErrorSentences = Readonly<Record<ErrorSentence, string>>;

/** The texts of a language: every page of users, the mails, and the errors in them. */
export type Translation = Pick<Texts, TranslatedPage> & { messages: Partial<ErrorSentences> };

export default { ...en, messages: {} } satisfies Translation;
