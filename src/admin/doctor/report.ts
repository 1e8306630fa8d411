/** The report of a diagnosis: each client profile, the steps that it passed, and each fault that was found. */

import { keysOf } from '../../protocol/table.ts';
import type { FaultCode } from './faults.ts';

/** The steps of an MCP client that connects, in their order. */
export const STEPS = {
  challenge: 'Challenge of the MCP server (401)',
  'resource-metadata': 'Protected resource metadata',
  'server-metadata': 'Authorization server metadata',
  registration: 'Client registration',
  cors: 'CORS',
  authorize: 'Authorization endpoint',
  token: 'Token endpoint',
  access: 'Access token at the MCP server',
};
export type StepName = keyof typeof STEPS;
export const STEP_NAMES = keysOf(STEPS);

export const SEVERITIES = ['error', 'warning', 'note'] as const;
export type Severity = (typeof SEVERITIES)[number];

export type Finding = {
  code: FaultCode;
  step: StepName;
  /** An error breaks a client profile, a warning none; a note breaks profiles that do not count. */
  severity: Severity;
  /** The request and the part of its answer that shows the fault. */
  seen: string;
  /** The section of the specification. */
  clause: string;
  /** The setting or line that fixes it. */
  fix: string;
  /** The ids of the profiles that it breaks, or for a warning, that met it. */
  profiles: string[];
};

export type StepResult = {
  step: StepName;
  state: 'passed' | 'failed' | 'not tested' | 'not needed';
  /** The reason of `not tested`. */
  reason?: string;
};

export type ProfileResult = {
  profile: string;
  name: string;
  /** A profile of an old revision, or one that was not asked for: what breaks it is a warning. */
  optional: boolean;
  brokenAt?: StepName;
  steps: StepResult[];
};

export type Report = {
  url: string;
  at: string;
  /** No profile is broken that is not optional. */
  ok: boolean;
  /** The most severe finding, at the earliest step. */
  first?: Finding;
  findings: Finding[];
  profiles: ProfileResult[];
};

/** The steps that were left out, each once with its reason; not those after the broken one. */
export function untestedSteps(profiles: readonly ProfileResult[]): string[] {
  const untested = profiles.flatMap(({ brokenAt, steps }) =>
    steps.filter(({ state, reason }) => state === 'not tested' && reason !== `${brokenAt} failed`),
  );
  return [...new Set(untested.map(({ step, reason }) => `${STEPS[step]}: ${reason}`))];
}
