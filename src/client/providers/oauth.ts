/** Any OAuth 2 server. */
import type { Provider } from './provider.ts';

export const oauth: Provider = {
  title: 'OAuth server',
  documentation: 'https://www.rfc-editor.org/rfc/rfc8414',
  read: '2026-11-25',
  scopes: [],
  api: [],
};
