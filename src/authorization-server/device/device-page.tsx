/** GET /device: a person types the code that a device shows, or comes by the link with the code in it (RFC 8628 §3.3). */
import type { Context } from 'hono';
import { signInAddress } from '../../identity/place.ts';
import { currentSession } from '../../identity/session.ts';
import { DEVICE_PAGE } from '../../protocol/endpoints.ts';
import { SECOND } from '../../protocol/lifetimes.ts';
import { tooManyRequests } from '../../protocol/oauth-error.ts';
import { type DeviceCode, findByUserCode } from '../../storage/device-codes.ts';
import type { SignedIn } from '../../storage/sessions.ts';
import { countTry, forgiveTry } from '../../storage/sign-in-throttle.ts';
import type { Web } from '../../web/context.ts';
import { Field } from '../../web/fields.tsx';
import { page } from '../../web/page.tsx';
import { parseParameters } from '../../web/parameters.ts';
import { wordsOf } from '../../web/words.ts';
import { askAboutDevice } from './device-consent.tsx';
import { readUserCode } from './user-code.ts';

export async function showDevicePage(c: Context<Web>) {
  const search = new URL(c.req.url).search.slice(1);
  const typed = parseParameters(search).one('user_code');
  const signedIn = await currentSession(c);
  if (!signedIn) {
    const to = typed === undefined ? DEVICE_PAGE : `${DEVICE_PAGE}?user_code=${encodeURIComponent(typed.slice(0, 20))}`;
    return c.redirect(await signInAddress(c.get('deps'), { to, ask: 'any' }), 303);
  }
  if (typed === undefined) return codePage(c, signedIn);
  const code = readUserCode(typed);
  const device = code && (await lookUp(c, signedIn, code));
  if (!device) {
    return codePage(c, signedIn, wordsOf(c, 'device').unknown, typed);
  }
  return askAboutDevice(c, signedIn, device, code);
}

/**
 * Every try is counted before it is looked at, for the person and for their network (RFC 8628 §5.1).
 * @throws OAuthError too_many_requests
 */
async function lookUp(c: Context<Web>, { person }: SignedIn, code: string): Promise<DeviceCode | undefined> {
  const { databases, moment, network, later, settings } = c.get('deps');
  const limits = await settings();
  const [who, address] = [`code-of:${person.id}`, `code-from:${network}`] as const;
  const most = limits.device_guess_failures;
  const tries = [
    { key: who, failures: most },
    { key: address, failures: most * 10 },
  ];
  const waitUntil = await countTry(databases, tries, moment.now, limits);
  if (waitUntil !== undefined) {
    const seconds = Math.ceil((waitUntil - moment.now) / SECOND);
    throw tooManyRequests(`too many wrong codes: please wait ${seconds} seconds and type it again.`, seconds);
  }
  const device = await findByUserCode(databases, code, moment.now);
  if (device) later('forgive tries', forgiveTry(databases, who, address));
  return device;
}

function codePage(c: Context<Web>, { person }: SignedIn, problem?: string, typed = '') {
  const say = wordsOf(c, 'device');
  return page(
    c,
    { title: say.title, status: problem ? 400 : 200, signedInAs: person.name },
    <>
      <h1>{say.title}</h1>
      <form class="stack" method="get" action={DEVICE_PAGE}>
        <Field
          name="user_code"
          label={say.code}
          type="text"
          autocomplete="off"
          value={typed.slice(0, 20)}
          hint={say.codeHint}
          error={problem}
        />
        <div class="actions">
          <button type="submit">{say.submit}</button>
        </div>
      </form>
    </>,
  );
}
