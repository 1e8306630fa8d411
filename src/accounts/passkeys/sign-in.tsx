/** POST /sign-in/passkey: sign-in with a passkey, which also identifies the user (WebAuthn §7.2). */
import type { Context } from 'hono';
import { readForm } from '../../http/body.ts';
import type { Web } from '../../http/context.ts';
import type { Parameters } from '../../http/parameters.ts';
import { amrOfPasskey } from '../../protocol/amr.ts';
import { tooManyRequests } from '../../protocol/oauth-error.ts';
import { wasUsed } from '../../storage/grants/single-use.ts';
import { findPasskey, usePasskey } from '../../storage/users/passkeys.ts';
import { textsOf } from '../../ui/locale.ts';
import { checkBrowserForm, readBrowserCookie } from '../browser-cookie.ts';
import { completeSignIn } from '../complete-sign-in.ts';
import { recordSignInFailure } from '../sign-in.tsx';
import { openContinuation } from '../sign-in-continuation.ts';
import { signInPage } from '../sign-in-page.tsx';
import { cookiesOffPage } from '../sign-in-problems.tsx';
import { verifyPasskey } from './ceremony.ts';
import { openCeremony } from './sealed-ceremony.ts';
import { parseAuthentication } from './webauthn-response.ts';

export async function signInWithPasskey(c: Context<Web>) {
  const deps = c.get('deps');
  const form = await readForm(c, 'unsupported_media_type');
  form.refuseDuplicates();
  const sealed = form.one('continue');
  const place = await openContinuation(deps, sealed);
  const again = { sealed, place: place === 'expired' ? undefined : place };
  const browser = checkBrowserForm(c, form);
  if (browser === 'no cookie') return cookiesOffPage(c);
  if (browser === 'foreign') return signInPage(c, { ...again, error: textsOf(c, 'fields').staleForm });
  const { success } = await deps.rateLimits.failedAuthentication.limit({ key: `passkey:${deps.network}` });
  if (!success) throw tooManyRequests('too many passkeys were tried from your network in the last minute.', 60);
  const proven = await verifySignIn(c, form);
  if (!proven) return signInPage(c, { ...again, error: textsOf(c, 'signIn').passkey.failed });
  return completeSignIn(c, proven.user, { amr: proven.amr }, { sealed });
}

/** Validates the response and consumes its challenge. @returns undefined if it is invalid. */
async function verifySignIn(c: Context<Web>, form: Parameters) {
  const deps = c.get('deps');
  const challenge = await openCeremony(deps, form.one('ceremony') ?? '', 'get', readBrowserCookie(c) ?? '');
  const response = parseAuthentication(form.one('passkey') ?? '');
  if (!challenge || !response) return undefined;
  const found = await findPasskey(deps.databases, response.id);
  const proof = found && (await verifyPasskey(deps, response, challenge.challenge, found.passkey));
  if (!found || !proof) {
    recordSignInFailure(c, found?.user);
    return undefined;
  }
  const { passkey, user } = found;
  try {
    await usePasskey(deps.databases, deps.moment, challenge, { id: passkey.id, counter: proof.counter });
  } catch (error) {
    if (wasUsed(error)) return undefined;
    throw error;
  }
  return { user, amr: amrOfPasskey({ synced: passkey.synced, verified: proof.verified }) };
}
