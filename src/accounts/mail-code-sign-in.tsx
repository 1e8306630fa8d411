/** GET and POST /sign-in/code and /sign-in/code/enter: sign-in with a code by mail. An address without an account has the same pages. */
import type { Context } from 'hono';
import { readForm } from '../http/body.ts';
import type { Web } from '../http/context.ts';
import { parseParameters } from '../http/parameters.ts';
import { AMR_ONE_TIME_LINK } from '../protocol/amr.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import { attemptLimits } from '../storage/users/attempt-limits.ts';
import { countAttempt, recordFailedSignIn, resetAttempts } from '../storage/users/sign-in-throttle.ts';
import { findUserByEmail } from '../storage/users/users.ts';
import { textsOf } from '../ui/locale.ts';
import { Email, fieldProblem } from './account-fields.ts';
import { checkBrowserForm } from './browser-cookie.ts';
import { completeSignIn, withContinuation } from './complete-sign-in.ts';
import { MAIL_CODE, MAIL_CODE_ENTRY, offersMailCode, readMailCode, redeemMailCode, sendMailCode } from './mail-code.ts';
import { entryPage, requestPage } from './mail-code-pages.tsx';
import { countMail } from './mail-limit.ts';
import { throttleKey } from './session.ts';
import { openContinuation } from './sign-in-continuation.ts';
import { waitPage } from './sign-in-problems.tsx';

/** @throws OAuthError not_found where the setting offers no codes. */
async function requireOffered(c: Context<Web>): Promise<void> {
  const deps = c.get('deps');
  if (!offersMailCode(deps, await deps.settings())) throw new OAuthError('not_found', 'there is no such page.');
}

const continuationOf = (c: Context<Web>) => parseParameters(new URL(c.req.url).search.slice(1)).one('continue');

export async function showMailCode(c: Context<Web>) {
  await requireOffered(c);
  const sealed = continuationOf(c);
  const place = await openContinuation(c.get('deps'), sealed);
  return requestPage(c, sealed, place === 'expired' ? undefined : place?.hint);
}

/** Sends a code. The response, and its time, are the same with and without an account. */
export async function requestMailCode(c: Context<Web>) {
  await requireOffered(c);
  const form = await readForm(c, 'unsupported_media_type');
  form.refuseDuplicates();
  const [sealed, entered] = [form.one('continue'), form.one('email')];
  const fields = textsOf(c, 'fields');
  if (checkBrowserForm(c, form) !== 'ours') return requestPage(c, sealed, entered, { form: fields.staleForm });
  const email = Email.safeParse(entered);
  if (!email.success) return requestPage(c, sealed, entered, { email: fieldProblem(fields, email.error) });
  await countMail(c.get('deps'), email.data);
  await sendMailCode(c, email.data);
  return c.redirect(withContinuation(MAIL_CODE_ENTRY, sealed), 303);
}

export async function showMailCodeEntry(c: Context<Web>) {
  await requireOffered(c);
  const sealed = continuationOf(c);
  const pending = await readMailCode(c);
  return pending ? entryPage(c, sealed, pending.email) : c.redirect(withContinuation(MAIL_CODE, sealed), 303);
}

/** Signs in. Each guess is counted against the account before the code is compared. */
export async function submitMailCode(c: Context<Web>) {
  await requireOffered(c);
  const deps = c.get('deps');
  const { databases, moment } = deps;
  const form = await readForm(c, 'unsupported_media_type');
  form.refuseDuplicates();
  const sealed = form.one('continue');
  const pending = await readMailCode(c);
  if (!pending) return c.redirect(withContinuation(MAIL_CODE, sealed), 303);
  if (checkBrowserForm(c, form) !== 'ours') return entryPage(c, sealed, pending.email, textsOf(c, 'fields').staleForm);
  const settings = await deps.settings();
  const limits = attemptLimits(settings, await throttleKey(c, pending.email), deps.network);
  const until = await countAttempt(databases, limits, moment.now, settings);
  if (until !== undefined) return waitPage(c, until - moment.now);
  const user = await redeemMailCode(c, pending, (form.one('code') ?? '').slice(0, 20));
  if (!user) {
    const record = async () => {
      const owner = await findUserByEmail(databases, pending.email);
      await recordFailedSignIn(databases, moment, owner?.id ?? 'unknown');
    };
    deps.waitUntil('record failed sign-in', record());
    return entryPage(c, sealed, pending.email, textsOf(c, 'signIn').code.wrong);
  }
  const next = await completeSignIn(c, user, { amr: [...AMR_ONE_TIME_LINK] }, { sealed });
  deps.waitUntil('forgive tries', resetAttempts(databases, limits));
  return next;
}
