/**
 * GET and POST /account/second-factor/add: setting up two-step sign-in. The session of it gets the second factor, all
 * other sessions end.
 */
import type { Context } from 'hono';
import type { Web } from '../../http/context.ts';
import { formToken } from '../../http/csrf.ts';
import { withSecondFactor } from '../../protocol/amr.ts';
import { endSessionsOf } from '../../storage/users/session-revocation.ts';
import type { SignedIn } from '../../storage/users/signed-in.ts';
import { HiddenFields } from '../../ui/fields.tsx';
import { textsOf } from '../../ui/locale.ts';
import { accountPage } from '../account-page.tsx';
import { requireSession } from '../require-session.ts';
import { enrol, enrolmentForm, newEnrolment } from '../second-factor/enrolment.tsx';
import { ADD_SECOND_FACTOR, SECOND_FACTOR_PAGE } from '../second-factor/paths.ts';
import { RecoveryCodes } from '../second-factor/recovery-codes.tsx';
import { beginSession } from '../session.ts';
import { readAccountForm } from './account-form.ts';

export async function showAddSecondFactor(c: Context<Web>) {
  const signedIn = await requireSession(c, ADD_SECOND_FACTOR, 'add-factor');
  return signedIn instanceof Response ? signedIn : addPage(c, signedIn);
}

export async function submitAddSecondFactor(c: Context<Web>) {
  const sent = await readAccountForm(c, ADD_SECOND_FACTOR, 'add-factor');
  if (sent instanceof Response) return sent;
  const { signedIn, form } = sent;
  const { session, user } = signedIn;
  const outcome = await enrol(c, user, form, { boundTo: session.id, replaces: true });
  const { adding, codes } = textsOf(c, 'secondFactor');
  if (outcome.is === 'expired') return addPage(c, signedIn, adding.tooOld);
  if (outcome.is === 'wrong code') return addPage(c, signedIn, adding.wrong, outcome.again);
  await raiseSession(c, signedIn);
  return accountPage(
    c,
    signedIn,
    { title: codes.title, section: 'factor' },
    <RecoveryCodes codes={outcome.codes} texts={codes} next={SECOND_FACTOR_PAGE} />,
  );
}

/** Continues this session with the second factor that the code was, and ends the others, which have none. */
async function raiseSession(c: Context<Web>, { session, user }: SignedIn): Promise<void> {
  const { databases, moment, sessionsEnded } = c.get('deps');
  const { authTime, passwordSetAt, upstreamStateHash, loginId, amr } = session;
  const proof = { authTime, passwordSetAt, upstreamStateHash, loginId };
  await beginSession(c, user, { ...proof, amr: withSecondFactor(amr) });
  const { ended } = await endSessionsOf(databases, moment, `user:${user.id}`, user.id, session.id);
  sessionsEnded(ended);
}

async function addPage(c: Context<Web>, signedIn: SignedIn, problem?: string, again?: ReturnType<typeof newEnrolment>) {
  const { session, user } = signedIn;
  const texts = textsOf(c, 'secondFactor').adding;
  const form = {
    enrolment: again ?? newEnrolment(c, session.id),
    account: user.email,
    action: ADD_SECOND_FACTOR,
    problem,
  };
  return accountPage(
    c,
    signedIn,
    { title: texts.title, section: 'factor', status: problem ? 400 : 200 },
    <>
      <h1>{texts.title}</h1>
      {user.secondFactorAt !== null && <p class="warning">{texts.replaces}</p>}
      {await enrolmentForm(c, form, <HiddenFields formToken={formToken(c.get('deps'), session.id)} />)}
    </>,
  );
}
