/** The consent page of device authorization (RFC 8628 §3.3). */
import type { Context } from 'hono';
import { currentSession } from '../../accounts/current-session.ts';
import { signInAddress } from '../../accounts/sign-in-continuation.ts';
import type { Web } from '../../http/context.ts';
import { DEVICE_PAGE } from '../../protocol/endpoints.ts';
import { meetsFactorPolicy } from '../../protocol/second-factor.ts';
import type { DeviceCode } from '../../storage/grants/device-codes.ts';
import type { SignedIn } from '../../storage/users/signed-in.ts';
import { textsOf } from '../../ui/locale.ts';
import { consentPage } from '../authorize/consent-page.tsx';
import { waitingPage } from '../authorize/waiting-page.tsx';
import { clientNameOf } from '../clients/client.ts';
import { awaitsApproval, checkEnabled } from '../clients/client-approval.ts';
import { withClient } from '../clients/client-lookup.ts';
import { ClientName } from '../clients/client-name.tsx';
import { requireClientRole } from '../validate-approval.ts';
import { sealDeviceConsentForm } from './device-consent-form.ts';
import { formatUserCode } from './user-code.ts';

export async function showDeviceConsent(
  c: Context<Web>,
  signedIn: SignedIn,
  device: Pick<DeviceCode, 'id' | 'clientId' | 'scopes' | 'resources'>,
  userCode: string,
  problem?: string,
) {
  const deps = c.get('deps');
  const { user, session } = signedIn;
  const [client, again] = await Promise.all([
    requireUsableClient(c, device.clientId, user),
    currentSession(c, device.clientId),
  ]);
  const to = `${DEVICE_PAGE}?user_code=${formatUserCode(userCode)}`;
  if (client.requireSecondFactor && !meetsFactorPolicy(session.amr))
    return c.redirect(await signInAddress(deps, { to, ask: 'fresh', hint: user.email, factor: true }), 303);
  if (await awaitsApproval(deps, client)) return waitingPage(c, client, signedIn);
  const { id, clientId, scopes, resources } = device;
  const access = { clientId, scopes, resources };
  const sealed = await sealDeviceConsentForm(deps, { device: id, ...access, sessionId: session.id, userCode });
  const texts = textsOf(c, 'device').ask;
  return consentPage(c, {
    client,
    title: texts.title(clientNameOf(client)),
    question: texts.question(<ClientName client={client} />),
    caution: texts.careful(<code>{formatUserCode(userCode)}</code>),
    requested: device,
    user,
    grants: again?.grants ?? [],
    otherAccount: await signInAddress(deps, { to, ask: 'choice' }),
    form: { action: DEVICE_PAGE, name: 'question', sealed },
    problem,
  });
}

/** The client. @throws OAuthError if it is disabled, or the user has none of its roles. */
export async function requireUsableClient(c: Context<Web>, id: string, user: SignedIn['user']) {
  c.get('logFields').client = id;
  const deps = c.get('deps');
  const settings = await deps.settings();
  return withClient(deps, id, (client) => {
    checkEnabled(client, settings);
    requireClientRole(client, user.roles);
    return client;
  });
}
