/** The consent page of device authorization, and POST /device: the user's decision, which is single-use. */
import type { Context } from 'hono';
import * as z from 'zod';
import { currentSession } from '../../accounts/current-session.ts';
import { signInAddress } from '../../accounts/sign-in-continuation.ts';
import { readForm } from '../../http/body.ts';
import type { Web } from '../../http/context.ts';
import { type DeviceId, newGrantId, parseDeviceId, shardOf } from '../../protocol/credentials.ts';
import { DEVICE_PAGE } from '../../protocol/endpoints.ts';
import { CONSENT_PAGE_LIFETIME } from '../../protocol/lifetimes.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { hasSecondFactor } from '../../protocol/second-factor.ts';
import { type DeviceCode, decideDevice } from '../../storage/grants/device-codes.ts';
import type { SignedIn } from '../../storage/users/signed-in.ts';
import { AccountRow } from '../../ui/account-row.tsx';
import { ErrorMessage } from '../../ui/components.tsx';
import { textsOf } from '../../ui/locale.ts';
import { page } from '../../ui/page.tsx';
import {
  ClientLinks,
  ClientName,
  consentWarning,
  describeScopes,
  previouslyGrantedScopes,
  RequestedResources,
  RequestedScopes,
  RequestingClient,
  resourceNames,
  selectedScopes,
} from '../authorize/consent-components.tsx';
import { waitingPage } from '../authorize/waiting-page.tsx';
import { type Client, clientNameOf } from '../clients/client.ts';
import { awaitsApproval, checkEnabled } from '../clients/client-approval.ts';
import { findLatestClient, withClient } from '../clients/client-lookup.ts';
import { requireClientRole, validateApproval } from '../validate-approval.ts';
import { formatUserCode } from './user-code.ts';

/** The sealed content of the form, bound to the session and the device. */
const DeviceConsentForm = z.object({
  device: z.custom<DeviceId>((value) => parseDeviceId(value) !== undefined),
  clientId: z.string(),
  scopes: z.array(z.string()),
  resources: z.array(z.string()),
  sessionId: z.string(),
  userCode: z.string(),
  until: z.number(),
});

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
  if (client.requireSecondFactor && !hasSecondFactor(session.amr))
    return c.redirect(await signInAddress(deps, { to, ask: 'fresh', hint: user.email, factor: true }), 303);
  if (await awaitsApproval(deps, client)) return waitingPage(c, client, signedIn);
  const { id, clientId, scopes, resources } = device;
  const question = await deps.config.root.seal('device-consent', {
    device: id,
    clientId,
    scopes,
    resources,
    sessionId: session.id,
    userCode,
    until: deps.moment.now + CONSENT_PAGE_LIFETIME,
  } satisfies z.input<typeof DeviceConsentForm>);
  const other = await signInAddress(deps, { to, ask: 'choice' });
  const [texts, asking] = [textsOf(c, 'device').ask, textsOf(c, 'consent')];
  const name = <ClientName client={client} />;
  return page(
    c,
    { title: texts.title(clientNameOf(client)), status: problem ? 400 : 200, signedInAs: user.name },
    <>
      <RequestingClient client={client} question={texts.question(name)} />
      <ErrorMessage>{problem}</ErrorMessage>
      <p class="warning">
        {texts.careful(<code>{formatUserCode(userCode)}</code>)} {consentWarning({ client, texts: asking })}
      </p>
      <RequestedResources names={await resourceNames(deps, resources)} texts={asking} />
      <AccountRow name={user.name} other={{ href: other, label: asking.another }}>
        {asking.signedInAs(<strong>{user.email}</strong>)}
      </AccountRow>
      <form class="stack" method="post" action={DEVICE_PAGE}>
        <input type="hidden" name="question" value={question} />
        <RequestedScopes
          client={client}
          scopes={await describeScopes(deps, device)}
          before={previouslyGrantedScopes(again?.grants ?? [], resources)}
          texts={asking}
          scopeTexts={textsOf(c, 'scopes')}
        />
        <div class="actions">
          <button type="submit" name="decision" value="allow">
            {asking.allow}
          </button>
          <button type="submit" name="decision" value="deny" class="secondary">
            {asking.deny}
          </button>
        </div>
      </form>
      <ClientLinks client={client} texts={asking} />
    </>,
  );
}

export async function decideDeviceConsent(c: Context<Web>) {
  const deps = c.get('deps');
  const form = await readForm(c, 'unsupported_media_type');
  const opened = DeviceConsentForm.safeParse(
    await deps.config.root.unseal('device-consent', form.required('question')),
  );
  if (!opened.success)
    throw new OAuthError('invalid_request', 'this form is not one of ours, or it was not sent whole.');
  const question = opened.data;
  const signedIn = await currentSession(c, question.clientId);
  // Bound to the session: no other user can decide.
  if (!signedIn || signedIn.session.id !== question.sessionId || question.until <= deps.moment.now) {
    return c.redirect(`${DEVICE_PAGE}?user_code=${formatUserCode(question.userCode)}`, 303);
  }
  const { roles } = signedIn.user;
  const held = await requireUsableClient(c, question.clientId, signedIn.user);
  const client = signedIn.clientCutoffAt < held.readAt ? held : await findLatestClient(deps, held.id);
  const denied = form.one('decision') !== 'allow';
  const described = await describeScopes(deps, question);
  const chosen = selectedScopes(question.scopes, described, form.all('scope'));
  const [settings, registry] = await Promise.all([deps.settings(), deps.registry()]);
  const { issuer, isLoopback } = deps.config;
  const present = { client, roles, issuer, isLoopback, settings, registry };
  const scopes = denied
    ? []
    : validateApproval({ scopes: chosen, resources: question.resources, amr: signedIn.session.amr }, present);
  const device = { ...question, id: question.device };
  if (!denied && scopes.length === 0) {
    const problem = textsOf(c, 'consent').nothingLeft;
    return showDeviceConsent(c, signedIn, device, question.userCode, problem);
  }
  const shard = shardOf(question.device);
  const allowed = denied ? undefined : { scopes, grantId: newGrantId(shard) };
  const first = await decideDevice(deps.databases, shard, deps.moment, device, { ...signedIn, allowed });
  return first ? decisionPage(c, signedIn, client, denied) : expiredPage(c, signedIn);
}

/** The client. @throws OAuthError if it is disabled, or the user has none of its roles. */
async function requireUsableClient(c: Context<Web>, id: string, user: SignedIn['user']) {
  c.get('logFields').client = id;
  const deps = c.get('deps');
  const settings = await deps.settings();
  return withClient(deps, id, (client) => {
    checkEnabled(client, settings);
    requireClientRole(client, user.roles);
    return client;
  });
}

function decisionPage(c: Context<Web>, { user }: SignedIn, client: Client, denied: boolean) {
  const words = textsOf(c, 'device');
  const { title, what } = denied ? words.denied : words.allowed;
  return page(
    c,
    { title, signedInAs: user.name },
    <>
      <h1>{title}</h1>
      <p role="status">{what(<ClientName client={client} />)}</p>
      <p>{words.close}</p>
    </>,
  );
}

function expiredPage(c: Context<Web>, { user }: SignedIn) {
  const texts = textsOf(c, 'device').over;
  return page(
    c,
    { title: texts.title, status: 400, signedInAs: user.name },
    <>
      <h1>{texts.title}</h1>
      <ErrorMessage>{texts.what}</ErrorMessage>
      <p>{texts.how}</p>
      <div class="actions">
        <a class="button" href={DEVICE_PAGE}>
          {texts.type}
        </a>
      </div>
    </>,
  );
}
