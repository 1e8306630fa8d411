/** Diagnoses an MCP server from outside: walks each step as each client profile, and names the first broken one. */
import type { Options } from './knowledge.ts';
import { type ProbeFetch, prober, type Send } from './probe.ts';
import { type ClientProfile, PROFILES } from './profiles.ts';
import {
  type Finding,
  type ProfileResult,
  type Report,
  SEVERITIES,
  STEP_NAMES,
  type StepName,
  type StepResult,
} from './report.ts';
import { checkAccess } from './steps/access.ts';
import { checkAuthorizationEndpoint } from './steps/authorize.ts';
import { checkChallenge } from './steps/challenge.ts';
import { checkCors } from './steps/cors.ts';
import { checkRegistration } from './steps/registration.ts';
import { checkResourceMetadata } from './steps/resource-metadata.ts';
import { checkServerMetadata } from './steps/server-metadata.ts';
import { checkTokenEndpoint } from './steps/token.ts';
import { NOT_NEEDED, startWalk, type Walk } from './walk.ts';

/** Runs a step. @returns the reason where it was not tested. */
type Step = (walk: Walk) => Promise<string | undefined>;

const RUN: Record<StepName, Step> = {
  challenge: checkChallenge,
  'resource-metadata': checkResourceMetadata,
  'server-metadata': checkServerMetadata,
  registration: checkRegistration,
  cors: checkCors,
  authorize: checkAuthorizationEndpoint,
  token: checkTokenEndpoint,
  access: checkAccess,
};

export type Diagnosis = Options & {
  fetch: ProbeFetch;
  /** Milliseconds since the epoch. */
  now: () => number;
  profiles?: readonly ClientProfile[];
};

export async function diagnose(url: string, diagnosis: Diagnosis): Promise<Report> {
  const { fetch, now, profiles = PROFILES, ...options } = diagnosis;
  const findings: Finding[] = [];
  const [send, shared] = [prober(fetch, now), {}];
  const results: ProfileResult[] = [];
  const cleanUp: Walk['cleanUp'] = [];
  const requested = profiles.map((each) => asRequested(each, options));
  for (const [index, profile] of requested.entries()) {
    // One user signs in once, as the first profile; its token is tried as every one.
    const signsIn = options.signIn !== undefined && index === 0;
    results.push(await walkAs(profile, { url, options, now, send, findings, shared, signsIn, cleanUp }));
  }
  for (const undo of cleanUp.reverse()) await undo();
  findings.sort((a, b) => rank(a) - rank(b));
  const [first] = findings;
  return {
    url,
    at: new Date(now()).toISOString(),
    ok: results.every(({ brokenAt, optional }) => optional || brokenAt === undefined),
    ...(first && { first }),
    findings,
    profiles: results,
  };
}

/** Errors before warnings and notes, each in the order of the steps. */
const rank = ({ severity, step }: Finding) =>
  SEVERITIES.indexOf(severity) * STEP_NAMES.length + STEP_NAMES.indexOf(step);

/** A page whose origin was named must work. */
const asRequested = (profile: ClientProfile, { origin }: Options): ClientProfile =>
  profile.origin && origin ? { ...profile, origin, optional: false } : profile;

type Run = Pick<Walk, 'url' | 'options' | 'now' | 'shared' | 'signsIn' | 'cleanUp'> & {
  send: Send;
  findings: Finding[];
};

async function walkAs(profile: ClientProfile, { send, ...run }: Run): Promise<ProfileResult> {
  const steps: StepResult[] = [];
  let step: StepName = 'challenge';
  let brokenAt: StepName | undefined;
  const { signsIn, options } = run;
  const redirectUri = signsIn && options.signIn ? options.signIn.redirectUri : profile.redirectUri;
  const used = signsIn ? { ...profile, redirectUri, clientIdUrl: undefined } : profile;
  const walk = startWalk(send, { ...run, profile: used, step: () => step });
  const { found } = walk;
  walk.found = (code, seen) => {
    const isBroken = found(code, seen);
    if (isBroken) brokenAt ??= step;
    return isBroken;
  };
  for (step of STEP_NAMES) {
    const reason = brokenAt ? `${brokenAt} failed` : await RUN[step](walk);
    if (brokenAt === step) steps.push({ step, state: 'failed' });
    else if (reason === NOT_NEEDED) steps.push({ step, state: 'not needed' });
    else if (reason !== undefined) steps.push({ step, state: 'not tested', reason });
    else steps.push({ step, state: 'passed' });
  }
  // Failures of the registration's deletion belong to that step.
  step = 'registration';
  const { id, name, optional = false } = profile;
  return { profile: id, name, optional, ...(brokenAt && { brokenAt }), steps };
}
