/** Every page of the console. A new one is one line; those with `listed` are the navigation, in this order. */
import { CONSOLE, type ConsolePage, READERS } from './frame.tsx';
import { showOverview } from './overview.tsx';

export const CONSOLE_PAGES: readonly ConsolePage[] = [
  { path: CONSOLE, section: 'overview', roles: READERS, listed: true, show: showOverview },
];
