/** GET and POST /console/check-server: loaded with the diagnosis when it is first opened. */
import { CHANGERS, type ConsolePage } from './console-page.tsx';

export const CHECK_SERVER_PAGE: ConsolePage = {
  path: '/console/check-server',
  section: 'checkServer',
  roles: CHANGERS,
  listed: true,
  async show(c, here) {
    const { showCheck } = await import('./check-server-page.tsx');
    return showCheck(c, here);
  },
  async send(c, here, form) {
    const { sendCheck } = await import('./check-server-page.tsx');
    return sendCheck(c, here, form);
  },
};
