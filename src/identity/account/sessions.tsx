/** GET and POST /account/sessions: where one is signed in, and ending that. */
import type { Context } from 'hono';
import type { SessionId } from '../../protocol/credentials.ts';
import { endSessionById, endSessionsOf } from '../../storage/session-ends.ts';
import { listSessionsOf, type SessionList, type SignedIn } from '../../storage/sessions.ts';
import type { Web } from '../../web/context.ts';
import { formToken } from '../../web/csrf.ts';
import { ActButton, Card, Facts, ListForm, Minute, Problem } from '../../web/pieces.tsx';
import { wordsOf } from '../../web/words.ts';
import type { Words } from '../../words/index.ts';
import { accountPage, doneAt } from '../account-page.tsx';
import { deviceName } from '../device-name.ts';
import { visitor } from '../visitor.ts';
import { sentForm } from './form.ts';

export const SESSIONS = '/account/sessions';

const MOST = 50;

export async function showSessions(c: Context<Web>) {
  const here = await visitor(c, SESSIONS);
  return here instanceof Response ? here : sessionsPage(c, here);
}

export async function endSessions(c: Context<Web>) {
  const sent = await sentForm(c, SESSIONS, 'end-session');
  if (sent instanceof Response) return sent;
  const { here, form } = sent;
  const { databases, moment, sessionsEnded } = c.get('deps');
  const { id } = here.person;
  const actor = `person:${id}`;
  const chosen = form.one('session') as SessionId | undefined;
  if (chosen !== undefined) {
    // One that is not theirs ends nothing, and says nothing.
    sessionsEnded(await endSessionById(databases, moment, actor, chosen, id));
    return c.redirect(doneAt(SESSIONS, 'session-ended'), 303);
  }
  const { ended, unreachable } = await endSessionsOf(databases, moment, actor, id, here.session.id);
  sessionsEnded(ended);
  if (unreachable.length > 0) return sessionsPage(c, here, wordsOf(c, 'sessions').unreachable);
  return c.redirect(doneAt(SESSIONS, 'sessions-ended'), 303);
}

async function sessionsPage(c: Context<Web>, here: SignedIn, problem?: string) {
  const deps = c.get('deps');
  const say = wordsOf(c, 'sessions');
  const settings = await deps.settings();
  const { sessions, unreachable } = await listSessionsOf(
    deps.databases,
    here.person.id,
    deps.moment.now,
    settings,
    MOST,
  );
  const others = sessions.filter((session) => session.id !== here.session.id);
  const own = sessions.find((session) => session.id === here.session.id) ?? here.session;
  return accountPage(
    c,
    here,
    { title: say.title, section: 'sessions', status: problem ? 503 : 200 },
    <>
      <h1>{say.title}</h1>
      <Problem>{problem}</Problem>
      <p>{say.lead}</p>
      {unreachable.length > 0 && <p class="warning">{say.partly}</p>}
      <ListForm action={SESSIONS} formToken={formToken(deps, here.session.id)}>
        <ul class="cards">
          {[own, ...others].map((session) => (
            <One session={session} isThis={session === own} say={say} />
          ))}
        </ul>
        {others.length > 0 && <ActButton label={say.endOthers} destructive />}
      </ListForm>
    </>,
  );
}

type Listed = { session: SessionList['sessions'][number]; isThis: boolean; say: Words['sessions'] };

function One({ session, isThis, say }: Listed) {
  const device = deviceName(session.userAgent, say);
  const how = session.amr.find((method) => Object.hasOwn(say.how, method));
  return (
    <Card title={device}>
      {isThis && <p class="tag">{say.thisOne}</p>}
      <Facts
        facts={[
          [say.signedIn, <Minute time={session.authTime} />],
          [say.lastSeen, <Minute time={session.lastSeenAt} />],
          [say.by, how ? say.how[how] : say.elsewhere],
        ]}
      />
      {!isThis && <ActButton label={say.end(device)} name="session" value={session.id} />}
    </Card>
  );
}
