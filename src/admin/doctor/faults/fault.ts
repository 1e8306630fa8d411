/** A fault that a diagnosis can name. */
import type { ClientProfile } from '../profiles.ts';

export type Fault = {
  /** The section of the specification that is violated. */
  clause: string;
  /** The profiles that cannot continue; without it, all. */
  breaks?: (profile: ClientProfile) => boolean;
  /** The setting or line that fixes it. */
  fix: string;
};
