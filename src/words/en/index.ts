/** English: every page. */
import { account } from './account.ts';
import { applications } from './applications.ts';
import { connections } from './connections.ts';
import { consent } from './consent.ts';
import { device } from './device.ts';
import { endSession } from './end-session.ts';
import { error } from './error.ts';
import { fields } from './fields.ts';
import { front } from './front.ts';
import { layout } from './layout.ts';
import { reference } from './reference.ts';
import { scopes } from './scopes.ts';
import { signIn } from './sign-in.ts';
import { signOut } from './sign-out.ts';
import { signUp } from './sign-up.ts';
import { welcome } from './welcome.ts';

export const en = {
  account,
  applications,
  connections,
  consent,
  device,
  endSession,
  error,
  fields,
  front,
  layout,
  reference,
  scopes,
  signIn,
  signOut,
  signUp,
  welcome,
};
