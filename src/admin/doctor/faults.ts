/** The table of faults: the clause that is violated, the clients that it breaks, and the line that fixes it. */
import { AUTHORIZATION_FAULTS } from './faults/authorization.ts';
import { DISCOVERY_FAULTS } from './faults/discovery.ts';
import type { Fault } from './faults/fault.ts';

export const FAULTS = { ...DISCOVERY_FAULTS, ...AUTHORIZATION_FAULTS };
export type FaultCode = keyof typeof FAULTS;

export const faultOf = (code: FaultCode): Fault => FAULTS[code];
