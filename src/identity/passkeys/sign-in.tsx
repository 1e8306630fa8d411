/** POST /sign-in/passkey: the browser answers with a passkey, and with it, who is there (WebAuthn §7.2). */
import type { Context } from 'hono';
import { amrOfPasskey } from '../../protocol/amr.ts';
import { tooManyRequests } from '../../protocol/oauth-error.ts';
import { findPasskey, usePasskey } from '../../storage/passkeys.ts';
import { wasSpent } from '../../storage/spent.ts';
import { readForm } from '../../web/body.ts';
import type { Web } from '../../web/context.ts';
import type { Parameters } from '../../web/parameters.ts';
import { wordsOf } from '../../web/words.ts';
import { judgeBrowserForm, knownBrowser } from '../browser-cookie.ts';
import { openPlace } from '../place.ts';
import { beginSession } from '../session.ts';
import { HOME, recordFailure } from '../sign-in.tsx';
import { cookiesOffPage, expiredPage, signInPage } from '../sign-in-page.tsx';
import { judgePasskey, openCeremony, parseAuthentication } from './ceremony.ts';

export async function signInWithPasskey(c: Context<Web>) {
  const deps = c.get('deps');
  const form = await readForm(c, 'unsupported_media_type');
  form.refuseDuplicates();
  const sealed = form.one('continue');
  const place = await openPlace(deps, sealed);
  const again = { sealed, place: place === 'expired' ? undefined : place };
  const browser = judgeBrowserForm(c, form);
  if (browser === 'no cookie') return cookiesOffPage(c);
  if (browser === 'foreign') return signInPage(c, { ...again, error: wordsOf(c, 'fields').staleForm });
  const { success } = await deps.ceilings.failedAuthentication.limit({ key: `passkey:${deps.network}` });
  if (!success) throw tooManyRequests('too many passkeys were tried from your network just now.', 60);
  const proven = await prove(c, form);
  if (!proven) return signInPage(c, { ...again, error: wordsOf(c, 'signIn').passkey.failed });
  await beginSession(c, proven.person, 'sign-in', proven.amr);
  if (place === 'expired') return expiredPage(c, proven.person.name);
  return c.redirect(place?.to ?? HOME, 303);
}

/** Whose passkey answered, and how, if everything about the answer is right. Then its challenge is spent. */
async function prove(c: Context<Web>, form: Parameters) {
  const deps = c.get('deps');
  const challenge = await openCeremony(deps, form.one('ceremony') ?? '', 'get', knownBrowser(c) ?? '');
  const response = parseAuthentication(form.one('passkey') ?? '');
  if (!challenge || !response) return undefined;
  const found = await findPasskey(deps.databases, response.id);
  const proof = found && (await judgePasskey(deps, response, challenge.challenge, found.passkey));
  if (!found || !proof) {
    recordFailure(c, found?.person);
    return undefined;
  }
  const { passkey, person } = found;
  try {
    await usePasskey(deps.databases, deps.moment, challenge, { id: passkey.id, counter: proof.counter });
  } catch (error) {
    if (wasSpent(error)) return undefined;
    throw error;
  }
  return { person, amr: amrOfPasskey({ synced: passkey.synced, verified: proof.verified }) };
}
