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
import { Problem } from '../../web/pieces.tsx';
import { wordsOf } from '../../web/words.ts';
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
  const [say, asking] = [wordsOf(c, 'device').ask, wordsOf(c, 'consent')];
  return page(
    c,
    { title: say.title(name), status: problem ? 400 : 200, signedInAs: person.name },
    <>
      <Who client={client} say={asking} />
      <h1>{say.question(name)}</h1>
      <Problem>{problem}</Problem>
      <p class="warning">{say.careful(<code>{formatUserCode(userCode)}</code>)}</p>
      <Warnings client={client} say={asking} />
      <ForResources names={await namesOfResources(deps, resources)} say={asking} />
      <p>
        {asking.signedInAs(<strong>{person.email}</strong>)}{' '}
        <a href={await signInAddress(deps, { to, ask: 'choice' })}>{asking.another}</a>
      </p>
      <form class="stack" method="post" action={DEVICE_PAGE}>
        <input type="hidden" name="question" value={question} />
        <AskedScopes
          name={name}
          scopes={await describedScopes(deps, device)}
          say={asking}
          called={wordsOf(c, 'scopes')}
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
      <Links client={client} say={asking} />
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
    const problem = wordsOf(c, 'consent').nothingLeft;
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
  const words = wordsOf(c, 'device');
  const { title, what } = denied ? words.denied : words.allowed;
  return page(
    c,
    { title, signedInAs: person.name },
    <>
      <h1>{title}</h1>
      <p role="status">{what(name)}</p>
      <p>{words.close}</p>
    </>,
  );
}

function tooLatePage(c: Context<Web>, { person }: SignedIn) {
  const say = wordsOf(c, 'device').over;
  return page(
    c,
    { title: say.title, status: 400, signedInAs: person.name },
    <>
      <h1>{say.title}</h1>
      <Problem>{say.what}</Problem>
      <p>{say.how}</p>
      <div class="actions">
        <a class="button" href={DEVICE_PAGE}>
          {say.type}
        </a>
      </div>
    </>,
  );
}
