/** POST /device: the decision of the user about a device, which is single-use. */
import type { Context } from 'hono';
import { currentSession } from '../../accounts/current-session.ts';
import { readForm } from '../../http/body.ts';
import type { Web } from '../../http/context.ts';
import { newGrantId, shardOf } from '../../protocol/credentials.ts';
import { DEVICE_PAGE } from '../../protocol/endpoints.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { decideDevice } from '../../storage/grants/device-decision.ts';
import type { SignedIn } from '../../storage/users/signed-in.ts';
import { ErrorMessage } from '../../ui/components.tsx';
import { textsOf } from '../../ui/locale.ts';
import { page } from '../../ui/page.tsx';
import { describeScopes, selectedScopes } from '../authorize/requested-scopes.tsx';
import type { Client } from '../clients/client.ts';
import { findLatestClient } from '../clients/client-lookup.ts';
import { ClientName } from '../clients/client-name.tsx';
import { validateApproval } from '../validate-approval.ts';
import { requireUsableClient, showDeviceConsent } from './device-consent.tsx';
import { openDeviceConsentForm } from './device-consent-form.ts';
import { formatUserCode } from './user-code.ts';

export async function decideDeviceConsent(c: Context<Web>) {
  const deps = c.get('deps');
  const form = await readForm(c, 'unsupported_media_type');
  const question = await openDeviceConsentForm(deps, form.required('question'));
  if (!question) throw new OAuthError('invalid_request', 'this form is not one of ours, or it was not sent whole.');
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
