/** What a device asks for, and POST /device: the person's answer, once. */
import type { Context } from 'hono';
import * as z from 'zod';
import { signInAddress } from '../../identity/place.ts';
import { currentSession } from '../../identity/session.ts';
import { type DeviceId, newGrantId, shardOf } from '../../protocol/credentials.ts';
import { DEVICE_PAGE } from '../../protocol/endpoints.ts';
import { CONSENT_PAGE } from '../../protocol/lifetimes.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { type DeviceCode, decideDevice } from '../../storage/device-codes.ts';
import type { SignedIn } from '../../storage/sessions.ts';
import { readForm } from '../../web/body.ts';
import type { Web } from '../../web/context.ts';
import { page } from '../../web/page.tsx';
import {
  AskedScopes,
  chosenScopes,
  describedScopes,
  ForResources,
  Links,
  namesOfResources,
  Warnings,
  Who,
} from '../authorize/asking.tsx';
import { mayBeUsedBy, nameOf } from '../clients/client.ts';
import { checkEnabled, judgeClient } from '../clients/find.ts';
import { formatUserCode } from './user-code.ts';

/** What the form carries, bound to the session: nobody can answer for another person, or about another device. */
const Question = z.object({
  device: z.string().transform((id) => id as DeviceId),
  clientId: z.string(),
  scopes: z.array(z.string()),
  resources: z.array(z.string()),
  sessionId: z.string(),
  userCode: z.string(),
  until: z.number(),
});

export async function askAboutDevice(
  c: Context<Web>,
  signedIn: SignedIn,
  device: Pick<DeviceCode, 'id' | 'clientId' | 'scopes' | 'resources'>,
  userCode: string,
  problem?: string,
) {
  const deps = c.get('deps');
  const { person, session } = signedIn;
  const client = await usableClient(c, device.clientId, person);
  const { id, clientId, scopes, resources } = device;
  const question = await deps.config.root.seal('device-consent', {
    ...{ device: id, clientId, scopes, resources, sessionId: session.id, userCode },
    until: deps.moment.now + CONSENT_PAGE,
  } satisfies z.input<typeof Question>);
  const name = nameOf(client);
  const to = `${DEVICE_PAGE}?user_code=${formatUserCode(userCode)}`;
  return page(
    c,
    { title: `Connect ${name}?`, status: problem ? 400 : 200, signedInAs: person.name },
    <>
      <Who client={client} />
      <h1>Connect {name} to your account?</h1>
      {problem && (
        <p class="error" role="alert">
          {problem}
        </p>
      )}
      <p class="warning">
        Make sure that your device shows the code <code>{formatUserCode(userCode)}</code>, and that you have started
        this yourself. If somebody sent you this link, choose Deny.
      </p>
      <Warnings client={client} />
      <ForResources names={await namesOfResources(deps, resources)} />
      <p>
        You are signed in as <strong>{person.email}</strong>.{' '}
        <a href={await signInAddress(deps, { to, ask: 'choice' })}>Use another account</a>
      </p>
      <form class="stack" method="post" action={DEVICE_PAGE}>
        <input type="hidden" name="question" value={question} />
        <AskedScopes name={name} scopes={await describedScopes(deps, device)} />
        <div class="actions">
          <button type="submit" name="decision" value="allow">
            Allow
          </button>
          <button type="submit" name="decision" value="deny" class="secondary">
            Deny
          </button>
        </div>
      </form>
      <Links client={client} />
    </>,
  );
}

export async function answerDevice(c: Context<Web>) {
  const deps = c.get('deps');
  const form = await readForm(c, 'unsupported_media_type');
  const opened = Question.safeParse(await deps.config.root.unseal('device-consent', form.required('question')));
  if (!opened.success)
    throw new OAuthError('invalid_request', 'this form is not one of ours, or it was not sent whole.');
  const question = opened.data;
  const signedIn = await currentSession(c);
  // Bound to the session: what one person was asked, nobody else can answer.
  if (!signedIn || signedIn.session.id !== question.sessionId || question.until <= deps.moment.now) {
    return c.redirect(`${DEVICE_PAGE}?user_code=${formatUserCode(question.userCode)}`, 303);
  }
  const client = await usableClient(c, question.clientId, signedIn.person);
  const denied = form.one('decision') !== 'allow';
  const described = await describedScopes(deps, question);
  const scopes = denied ? [] : chosenScopes(question.scopes, described, form.all('scope'));
  const device = { ...question, id: question.device };
  if (!denied && scopes.length === 0) {
    const problem = 'Nothing is left to allow. Tick at least one, or choose Deny.';
    return askAboutDevice(c, signedIn, device, question.userCode, problem);
  }
  const shard = shardOf(question.device);
  const allowed = denied ? undefined : { scopes, grantId: newGrantId(shard) };
  const first = await decideDevice(deps.databases, shard, deps.moment, device, { ...signedIn, allowed });
  return first ? donePage(c, signedIn, nameOf(client), denied) : tooLatePage(c, signedIn);
}

/** @throws OAuthError where it is disabled, or not for this person. */
function usableClient(c: Context<Web>, id: string, person: SignedIn['person']) {
  c.get('facts').client = id;
  return judgeClient(c.get('deps'), id, (client) => {
    checkEnabled(client);
    if (!mayBeUsedBy(client, person)) {
      const roles = client.roles.join(' or ');
      throw new OAuthError('access_denied', `${nameOf(client)} is only for people with the role ${roles}.`);
    }
    return client;
  });
}

function donePage(c: Context<Web>, { person }: SignedIn, name: string, denied: boolean) {
  const title = denied ? 'Not connected' : 'Connected';
  return page(
    c,
    { title, signedInAs: person.name },
    <>
      <h1>{title}</h1>
      <p role="status">
        {denied
          ? `${name} was told that you did not agree.`
          : `${name} is connected to your account. Go back to your device: it goes on by itself in a few seconds.`}
      </p>
      <p>You can close this page.</p>
    </>,
  );
}

function tooLatePage(c: Context<Web>, { person }: SignedIn) {
  return page(
    c,
    { title: 'This code is over', status: 400, signedInAs: person.name },
    <>
      <h1>This code is over</h1>
      <p class="error" role="alert">
        The code has expired, or it was answered already.
      </p>
      <p>If your device still waits, let it show a new code.</p>
      <div class="actions">
        <a class="button" href={DEVICE_PAGE}>
          Type a code
        </a>
      </div>
    </>,
  );
}
