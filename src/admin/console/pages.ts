/** Every page of the console. A new one is one line; those with `listed` are the navigation, in this order. */
import { CHANGERS, CONSOLE, type ConsolePage, READERS } from './frame.tsx';
import { KEYS, showKeys } from './keys.tsx';
import { showOverview } from './overview.tsx';
import { changeGroup, SETTING_GROUP, SETTINGS, showGroup, showSettings } from './settings.tsx';

export const CONSOLE_PAGES: readonly ConsolePage[] = [
  { path: CONSOLE, section: 'overview', roles: READERS, listed: true, show: showOverview },
  { path: SETTINGS, section: 'settings', roles: READERS, listed: true, show: showSettings },
  { path: SETTING_GROUP, section: 'settings', roles: CHANGERS, show: showGroup, send: changeGroup },
  { path: KEYS, section: 'keys', roles: READERS, listed: true, show: showKeys },
];
