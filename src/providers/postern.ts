/** Another Postern. */
import { OPENID } from './profile.ts';
import type { Provider } from './provider.ts';

export const postern = {
  title: 'Postern',
  logo: '/favicon.svg',
  documentation: 'https://openid.net/specs/openid-connect-core-1_0.html',
  readOn: '2026-11-26',
  clientsPage: (issuer) => `${issuer}/console/clients/new`,
  socialLogin: { ...OPENID, requires: ['issuer'] },
} satisfies Provider;
