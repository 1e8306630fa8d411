/** The page "Check a server": a diagnosis of an MCP server from outside, and its report. */
import type { Context } from 'hono';
import type { Web } from '../../http/context.ts';
import type { Parameters } from '../../http/parameters.ts';
import { Checkbox, Select } from '../../ui/choice-fields.tsx';
import { ErrorMessage } from '../../ui/components.tsx';
import { Field, HiddenFields } from '../../ui/fields.tsx';
import { textsOf } from '../../ui/locale.ts';
import { diagnose } from '../doctor/diagnose.ts';
import { guardedProbe } from '../doctor/guarded-probe.ts';
import { PROFILES, profilesNamed } from '../doctor/profiles.ts';
import type { Report } from '../doctor/report.ts';
import { CheckReport, type Say } from './check-server-report.tsx';
import { type ConsoleUser, consolePage } from './console-page.tsx';

/** The form as it was sent. */
type CheckRequest = { url: string; client: string; clientId: string; origin: string; register: boolean };

type Outcome = {
  report?: Report;
  problems?: { url?: string | false; origin?: string | false };
  refused?: string;
  status?: 400 | 429;
};

const EMPTY: CheckRequest = { url: '', client: '', clientId: '', origin: '', register: false };

const isHttpUrl = (text: string) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);

export const showCheck = (c: Context<Web>, here: ConsoleUser) =>
  checkPage(c, here, { ...EMPTY, url: c.req.query('url') ?? '' }, {});

export async function sendCheck(c: Context<Web>, here: ConsoleUser, form: Parameters): Promise<Response> {
  const sent = readCheckRequest(form);
  return checkPage(c, here, sent, await check(c, here, sent));
}

const readCheckRequest = (form: Parameters): CheckRequest => ({
  url: form.one('url')?.trim() ?? '',
  client: form.one('client') ?? '',
  clientId: form.one('client_id')?.trim() ?? '',
  origin: form.one('origin')?.trim() ?? '',
  register: form.one('register') !== undefined,
});

async function check(
  c: Context<Web>,
  here: ConsoleUser,
  { url, client, clientId, origin, register }: CheckRequest,
): Promise<Outcome> {
  const deps = c.get('deps');
  const say = textsOf(c, 'consoleCheckServer');
  const profiles = profilesNamed(client === '' ? undefined : [client]);
  const problems = {
    url: !isHttpUrl(url) && say.notUrl,
    origin: origin !== '' && !(isHttpUrl(origin) && new URL(origin).origin === origin) && say.notOrigin,
  };
  if (!profiles || problems.url || problems.origin) return { problems, status: 400 };
  const { success } = await deps.rateLimits.serverCheck.limit({ key: here.user.id });
  if (!success) return { refused: say.tooOften, status: 429 };
  const report = await diagnose(url, {
    fetch: guardedProbe(deps),
    now: Date.now,
    profiles,
    register,
    ...(clientId !== '' && { clientId }),
    ...(origin !== '' && { origin }),
  });
  return { report };
}

function checkPage(
  c: Context<Web>,
  here: ConsoleUser,
  sent: CheckRequest,
  { report, problems, refused, status }: Outcome,
) {
  const say = textsOf(c, 'consoleCheckServer');
  return consolePage(
    c,
    here,
    { title: say.title, section: 'checkServer', ...(status && { status }) },
    <>
      <h1>{say.title}</h1>
      <ErrorMessage>{refused}</ErrorMessage>
      <p>{say.lead}</p>
      {report && <CheckReport report={report} say={say} />}
      <form class="stack" method="post" action={c.req.path}>
        <HiddenFields formToken={here.formToken} />
        <CheckFields say={say} sent={sent} problems={problems ?? {}} />
        <button type="submit">{say.submit}</button>
      </form>
    </>,
  );
}

function CheckFields(props: { say: Say; sent: CheckRequest; problems: NonNullable<Outcome['problems']> }) {
  const { say, sent, problems } = props;
  const choices = [
    { value: '', label: say.allClients },
    ...PROFILES.map(({ id, name }) => ({ value: id, label: name })),
  ];
  return (
    <>
      <Field
        name="url"
        label={say.url}
        hint={say.urlHint}
        type="url"
        autocomplete="off"
        value={sent.url}
        error={problems.url || undefined}
      />
      <Select name="client" label={say.client} value={sent.client} choices={choices} />
      <Field
        name="client_id"
        label={say.clientId}
        hint={say.clientIdHint}
        type="text"
        autocomplete="off"
        value={sent.clientId}
        optional
      />
      <Field
        name="origin"
        label={say.origin}
        hint={say.originHint}
        type="url"
        autocomplete="off"
        value={sent.origin}
        error={problems.origin || undefined}
        optional
      />
      <Checkbox name="register" label={say.register} hint={say.registerHint} checked={sent.register} />
    </>
  );
}
