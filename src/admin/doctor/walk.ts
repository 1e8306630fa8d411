/** The walk of one client profile: its requests, and what the steps before found. */
import { type FaultCode, faultOf } from './faults.ts';
import type { Knowledge, ObtainedTokens, Options } from './knowledge.ts';
import { describe, isHtml, isRedirect, type ProbeResponse, type Send, type Sending, Unreachable } from './probe.ts';
import type { ClientProfile } from './profiles.ts';
import type { Finding, StepName } from './report.ts';

/** The result of a step that this profile does not have. */
export const NOT_NEEDED = 'not needed';

export type Walk = {
  url: string;
  profile: ClientProfile;
  options: Options;
  now: () => number;
  known: Knowledge;
  /** The user signs in during this walk. */
  signsIn: boolean;
  redirectUri: string;
  /** Tokens of the one authorization, which serve all profiles. */
  shared: { tokens?: ObtainedTokens };
  /** Work after the walk: registrations are deleted, tokens revoked. */
  cleanUp: (() => Promise<void>)[];
  get: (url: string, headers?: Record<string, string>) => Promise<ProbeResponse | undefined>;
  post: (url: string, body: string, headers: Record<string, string>) => Promise<ProbeResponse | undefined>;
  /** Any method, with nothing checked. @throws Unreachable */
  send: (url: string, sending: Sending) => Promise<ProbeResponse>;
  /** Records a fault. @returns whether it breaks this profile. */
  found: (code: FaultCode, seen: string) => boolean;
};

/** The user agent with which a refusal is compared. */
export const CONTROL_USER_AGENT = 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0';

type Start = Omit<Walk, 'get' | 'post' | 'send' | 'found' | 'known' | 'redirectUri'> & {
  step: () => StepName;
  findings: Finding[];
};

export function startWalk(send: Send, start: Start): Walk {
  const { profile, findings, step } = start;
  const headers = { 'User-Agent': profile.userAgent, ...(profile.origin && { Origin: profile.origin }) };
  const walk: Walk = {
    ...start,
    known: { clocks: new Map() },
    redirectUri: profile.redirectUri,
    send: (url, sending) => send(url, { ...sending, headers: { ...headers, ...sending.headers } }),
    get: (url, more = {}) => ask(walk, url, { method: 'GET', headers: { Accept: 'application/json', ...more } }),
    post: (url, body, more) => ask(walk, url, { method: 'POST', headers: more, body }),
    found: (code, seen) => record(findings, profile, step(), code, seen),
  };
  return walk;
}

/** An answer of the server itself; undefined after a fault that hides it. */
async function ask(walk: Walk, url: string, sending: Sending): Promise<ProbeResponse | undefined> {
  try {
    const answer = await walk.send(url, sending);
    if (answer.headers.has('date')) walk.known.clocks.set(new URL(url).host, answer);
    return (await isRefusedBefore(walk, answer, sending)) ? undefined : answer;
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    walk.found('unreachable', `${sending.method} ${url}: ${error.message}`);
    return undefined;
  }
}

/** Detects bot rules and challenge pages in front of the server, by the same request with the user agent of a browser. */
async function isRefusedBefore(walk: Walk, answer: ProbeResponse, sending: Sending): Promise<boolean> {
  const suspicious = [403, 406, 429, 503].includes(answer.status) || answer.headers.has('cf-mitigated');
  if (!suspicious) return false;
  const headers = { ...sending.headers, 'User-Agent': CONTROL_USER_AGENT };
  const control = await walk.send(answer.url, { ...sending, headers }).catch(() => undefined);
  if (control && control.status !== answer.status && ![403, 406, 429].includes(control.status)) {
    const other = `with the User-Agent of a browser ${control.status}`;
    walk.found('refused-by-user-agent', `${describe(answer)} to ${walk.profile.userAgent}, ${other}`);
    return true;
  }
  if (answer.headers.has('cf-mitigated') || (isHtml(answer) && /challenge|captcha|just a moment/i.test(answer.body))) {
    walk.found('challenge-page', `${describe(answer)}: a page that asks for a browser`);
    return true;
  }
  if (answer.status === 429) {
    walk.found('rate-limited', describe(answer));
    return true;
  }
  return false;
}

function record(findings: Finding[], profile: ClientProfile, step: StepName, code: FaultCode, seen: string): boolean {
  const { breaks = () => true, clause, fix } = faultOf(code);
  const isBroken = breaks(profile);
  const severity = !isBroken ? 'warning' : profile.optional ? 'note' : 'error';
  const same = findings.find((each) => each.code === code && each.step === step && each.severity === severity);
  if (same) {
    if (!same.profiles.includes(profile.id)) same.profiles.push(profile.id);
  } else findings.push({ code, step, severity, seen, clause, fix, profiles: [profile.id] });
  return isBroken;
}

/** Records answers that no step can use: redirects, failures of the server. @returns whether there was one. */
export function isUnusable(walk: Walk, answer: ProbeResponse): boolean {
  if (isRedirect(answer)) walk.found('redirected', describe(answer));
  else if (answer.status >= 500) walk.found('server-error', describe(answer));
  else return false;
  return true;
}
