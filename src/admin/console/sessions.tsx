/** /console/sessions: the device of a session by its name. */
import { deviceName } from '../../accounts/user-agent-name.ts';
import { textsOf } from '../../ui/locale.ts';
import { SESSIONS } from '../operations/sessions.ts';
import { recordPages } from './record-pages.tsx';

export const SESSION_PAGES = recordPages(SESSIONS, {
  cells: {
    user_agent: (c, { user_agent: agent }) =>
      deviceName(typeof agent === 'string' ? agent : null, textsOf(c, 'sessions')),
  },
});
