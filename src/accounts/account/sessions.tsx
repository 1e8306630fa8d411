/** GET and POST /account/sessions: the user's sessions, and ending them. */
import type { Context } from 'hono';
import type { Web } from '../../http/context.ts';
import { formToken } from '../../http/csrf.ts';
import type { Texts } from '../../locales/index.ts';
import { parseSessionId } from '../../protocol/credentials.ts';
import { listSessionsOf, type SessionList } from '../../storage/users/active-sessions.ts';
import { endSessionById, endSessionsOf } from '../../storage/users/session-revocation.ts';
import type { SignedIn } from '../../storage/users/signed-in.ts';
import { ActionButton, ListForm } from '../../ui/action-forms.tsx';
import { Card, DescriptionList } from '../../ui/components.tsx';
import { textsOf } from '../../ui/locale.ts';
import { Minute } from '../../ui/moment.tsx';
import { State } from '../../ui/names.tsx';
import { accountPage, doneUrl } from '../account-page.tsx';
import { requireSession } from '../require-session.ts';
import { deviceName } from '../user-agent-name.ts';
import { readAccountForm } from './account-form.ts';

export const ACCOUNT_SESSIONS = '/account/sessions';

const MAX_SESSIONS = 50;

export async function showSessions(c: Context<Web>) {
  const signedIn = await requireSession(c, ACCOUNT_SESSIONS);
  return signedIn instanceof Response ? signedIn : sessionsPage(c, signedIn);
}

export async function submitEndSessions(c: Context<Web>) {
  const sent = await readAccountForm(c, ACCOUNT_SESSIONS, 'end-session');
  if (sent instanceof Response) return sent;
  const { signedIn, form } = sent;
  const { databases, moment, sessionsEnded } = c.get('deps');
  const { id } = signedIn.user;
  const actor = `user:${id}`;
  const chosen = form.one('session');
  if (chosen !== undefined) {
    const session = parseSessionId(chosen);
    // A session of another user is neither ended nor disclosed.
    if (session) sessionsEnded(await endSessionById(databases, moment, actor, session, id));
    return c.redirect(doneUrl(ACCOUNT_SESSIONS, 'session-ended'), 303);
  }
  const { ended, pendingShards } = await endSessionsOf(databases, moment, actor, id, signedIn.session.id);
  sessionsEnded(ended);
  return c.redirect(doneUrl(ACCOUNT_SESSIONS, pendingShards.length > 0 ? 'sessions-end' : 'sessions-ended'), 303);
}

async function sessionsPage(c: Context<Web>, signedIn: SignedIn) {
  const deps = c.get('deps');
  const texts = textsOf(c, 'sessions');
  const settings = await deps.settings();
  const { sessions, unreachable } = await listSessionsOf(
    deps.databases,
    signedIn.user.id,
    deps.moment.now,
    settings,
    MAX_SESSIONS,
  );
  const others = sessions.filter((session) => session.id !== signedIn.session.id);
  const own = sessions.find((session) => session.id === signedIn.session.id) ?? signedIn.session;
  return accountPage(
    c,
    signedIn,
    { title: texts.title, section: 'sessions' },
    <>
      <h1>{texts.title}</h1>
      <p>{texts.lead}</p>
      {unreachable.length > 0 && <p class="warning">{texts.partly}</p>}
      <ListForm action={ACCOUNT_SESSIONS} formToken={formToken(deps, signedIn.session.id)}>
        <ul class="cards items">
          {[own, ...others].map((session) => (
            <SessionCard session={session} isThis={session === own} texts={texts} />
          ))}
        </ul>
        {others.length > 0 && <ActionButton label={texts.endOthers} destructive />}
      </ListForm>
    </>,
  );
}

type SessionCardProps = { session: SessionList['sessions'][number]; isThis: boolean; texts: Texts['sessions'] };

function SessionCard({ session, isThis, texts }: SessionCardProps) {
  const device = deviceName(session.userAgent, texts);
  const how = session.amr.find((method) => Object.hasOwn(texts.how, method));
  return (
    <Card title={device}>
      {isThis && (
        <p>
          <State text={texts.thisOne} tone="good" />
        </p>
      )}
      <DescriptionList
        facts={[
          [texts.signedIn, <Minute time={session.signedInAt} />],
          [texts.lastSeen, <Minute time={session.lastSeenAt} />],
          [texts.by, how ? texts.how[how] : texts.elsewhere],
        ]}
      />
      {!isThis && <ActionButton label={texts.end(device)} name="session" value={session.id} />}
    </Card>
  );
}
