/** GET /device: the verification page, with or without the user code in the URL (RFC 8628 §3.3). */
import type { Context } from 'hono';
import { currentSession } from '../../accounts/current-session.ts';
import { signInAddress } from '../../accounts/sign-in-continuation.ts';
import type { Web } from '../../http/context.ts';
import { parseParameters } from '../../http/parameters.ts';
import { DEVICE_PAGE } from '../../protocol/endpoints.ts';
import { SECOND } from '../../protocol/lifetimes.ts';
import { tooManyRequests } from '../../protocol/oauth-error.ts';
import type { DeviceCode } from '../../storage/grants/device-codes.ts';
import { findByUserCode } from '../../storage/grants/device-decision.ts';
import type { AttemptLimit } from '../../storage/users/attempt-limits.ts';
import { countAttempt, resetAttempts } from '../../storage/users/sign-in-throttle.ts';
import type { SignedIn } from '../../storage/users/signed-in.ts';
import { Field } from '../../ui/fields.tsx';
import { textsOf } from '../../ui/locale.ts';
import { page } from '../../ui/page.tsx';
import { showDeviceConsent } from './device-consent.tsx';
import { parseUserCode } from './user-code.ts';

export async function showDevicePage(c: Context<Web>) {
  const search = new URL(c.req.url).search.slice(1);
  const typed = parseParameters(search).one('user_code');
  const signedIn = await currentSession(c);
  if (!signedIn) {
    const to = typed === undefined ? DEVICE_PAGE : `${DEVICE_PAGE}?user_code=${encodeURIComponent(typed.slice(0, 20))}`;
    return c.redirect(await signInAddress(c.get('deps'), { to, ask: 'any' }), 303);
  }
  if (typed === undefined) return userCodePage(c, signedIn);
  const code = parseUserCode(typed);
  const device = code && (await findDevice(c, signedIn, code));
  if (!device) {
    return userCodePage(c, signedIn, textsOf(c, 'device').unknown, typed);
  }
  return showDeviceConsent(c, signedIn, device, code);
}

/**
 * Finds a device by user code. Every attempt is counted first, for the user and their network (RFC 8628 §5.1).
 * @throws OAuthError too_many_requests
 */
async function findDevice(c: Context<Web>, { user }: SignedIn, code: string): Promise<DeviceCode | undefined> {
  const { databases, moment, network, waitUntil, settings } = c.get('deps');
  const limits = await settings();
  const most = limits.device_guess_failures;
  const tries: AttemptLimit[] = [
    { key: `code-of:${user.id}`, failures: most },
    { key: `code-from:${network}`, failures: most * 10 },
  ];
  const blockedUntil = await countAttempt(databases, tries, moment.now, limits);
  if (blockedUntil !== undefined) {
    const seconds = Math.ceil((blockedUntil - moment.now) / SECOND);
    throw tooManyRequests(`too many wrong codes: please wait ${seconds} seconds and try again.`, seconds);
  }
  const device = await findByUserCode(databases, code, moment.now);
  if (device) waitUntil('forgive tries', resetAttempts(databases, tries));
  return device;
}

function userCodePage(c: Context<Web>, { user }: SignedIn, problem?: string, typed = '') {
  const texts = textsOf(c, 'device');
  return page(
    c,
    { title: texts.title, status: problem ? 400 : 200, signedInAs: user.name },
    <>
      <h1>{texts.title}</h1>
      <form class="stack" method="get" action={DEVICE_PAGE}>
        <Field
          name="user_code"
          label={texts.code}
          type="text"
          autocomplete="off"
          value={typed.slice(0, 20)}
          hint={texts.codeHint}
          error={problem}
        />
        <div class="actions">
          <button type="submit">{texts.submit}</button>
        </div>
      </form>
    </>,
  );
}
