/** /console/clients/new: the type of a new application, with the grant types and authentication methods that suit it. */
import type { Context } from 'hono';
import type { Web } from '../../http/context.ts';
import { REFRESH_TOKEN } from '../../protocol/grant-type.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { CLIENT_DEFAULTS } from '../../storage/clients/clients.ts';
import { textsOf } from '../../ui/locale.ts';
import { administeredOf } from '../client-columns.ts';
import { CLIENT } from '../records/client-record.ts';
import { CLIENT_KINDS } from './application-types.ts';
import { CHECKED_AS_TYPED, CHECKS_AS_TYPED } from './client-check.ts';
import { type ConsoleUser, consolePage } from './console-page.tsx';
import type { FormParts, Presets } from './record-parts.tsx';

const NEW_CLIENT = `${CLIENT.console.path}/new`;

/** Addresses are checked while they are typed. */
export const CHECKED = { script: CHECKS_AS_TYPED, attributes: CHECKED_AS_TYPED };

function showKinds(c: Context<Web>, here: ConsoleUser) {
  const say = textsOf(c, 'consoleClients');
  return consolePage(
    c,
    here,
    { title: say.title, section: 'clients' },
    <>
      <h1>{say.title}</h1>
      <p>{say.which}</p>
      <ul class="cards">
        {CLIENT_KINDS.map(({ name }) => (
          <li>
            <h2>
              <a href={`${NEW_CLIENT}/${name}`}>{say.kinds[name].label}</a>
            </h2>
            <p>{say.kinds[name].about}</p>
          </li>
        ))}
      </ul>
    </>,
  );
}

/** The values of a new client where an administrator sets none. */
const DEFAULTS = administeredOf(CLIENT_DEFAULTS);

/** The form of an application type: the fields that it has, and the values that it decides or suggests. */
function formOf(c: Context<Web>, name: string): FormParts {
  const kind = CLIENT_KINDS.find((one) => one.name === name);
  if (!kind) throw new OAuthError('not_found', 'there is no such kind of application.');
  const say = textsOf(c, 'consoleClients');
  const [method, ...others] = kind.methods;
  const grantTypes = [...kind.grantTypes, ...(kind.mayStay ? [REFRESH_TOKEN] : [])];
  const onlyMethod = others.length > 0 ? undefined : method;
  return {
    title: say.kinds[kind.name].label,
    lead: say.kinds[kind.name].about,
    fixed: {
      ...(onlyMethod !== undefined && { token_endpoint_auth_method: onlyMethod }),
      ...(kind.applicationType && { application_type: kind.applicationType }),
    },
    without: ['application_type', ...(onlyMethod === undefined ? [] : ['token_endpoint_auth_method'])],
    having: { grant_types: grantTypes, token_endpoint_auth_method: onlyMethod },
    being: { grant_types: grantTypes, token_endpoint_auth_method: method },
    offered: { grantTypes, authMethods: kind.methods },
    defaults: DEFAULTS,
    // A secret is accepted in either place where no method is set: libraries differ in their default.
    suggested: {
      grant_types: grantTypes,
      token_endpoint_auth_method: method.startsWith('client_secret_') ? undefined : method,
    },
    first: kind.first,
    ...CHECKED,
  };
}

export const APPLICATION_TYPES: Presets = { page: showKinds, form: formOf };
