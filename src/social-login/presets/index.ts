/** The providers of social login. A new one is a file and a line. */
import { apple } from './apple.ts';
import { facebook } from './facebook.ts';
import { fairlogin } from './fairlogin.ts';
import { frappe } from './frappe.ts';
import { github } from './github.ts';
import { google } from './google.ts';
import { keycloak } from './keycloak.ts';
import { oauth } from './oauth.ts';
import { office365 } from './office365.ts';
import { openid } from './openid.ts';
import { postern } from './postern.ts';
import type { Preset } from './preset.ts';
import { salesforce } from './salesforce.ts';

export const PRESETS = {
  ...{ google, github, facebook, office365, salesforce, fairlogin, keycloak, frappe, apple, postern, openid, oauth },
} as const satisfies Record<string, Preset>;
export type PresetName = keyof typeof PRESETS;
export const PRESET_NAMES = Object.keys(PRESETS) as [PresetName, ...PresetName[]];

/** Rows hold only names of this table; a provider that left it is like any other OAuth server. */
export const presetOf = (name: string): Preset => PRESETS[name as PresetName] ?? oauth;
