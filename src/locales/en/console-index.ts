/** English: the console, which is loaded apart from all other pages. */
import { console } from './console.ts';
import { consoleAudit } from './console-audit.ts';
import { consoleCheckServer } from './console-check-server.ts';
import { consoleClients } from './console-clients.ts';
import { consoleConnectedApps } from './console-connected-apps.ts';
import { consoleKeys } from './console-keys.ts';
import { consoleOverview } from './console-overview.ts';
import { consoleResources } from './console-resources.ts';
import { consoleSettings } from './console-settings.ts';
import { consoleShards } from './console-shards.ts';
import { consoleSocialLogins } from './console-social-logins.ts';
import { consoleTimeline } from './console-timeline.ts';
import { consoleTokens } from './console-tokens.ts';
import { consoleUsers } from './console-users.ts';

export const consoleTexts = {
  console,
  consoleAudit,
  consoleCheckServer,
  consoleClients,
  consoleConnectedApps,
  consoleKeys,
  consoleOverview,
  consoleResources,
  consoleSettings,
  consoleShards,
  consoleSocialLogins,
  consoleTimeline,
  consoleTokens,
  consoleUsers,
};
