/** What the admin API answers, as schemas: the reference prints them, and a test holds every answer against them. */
import * as z from 'zod';
import { ApiKeyList } from '../../protocol/api-key.ts';
import { ExchangePolicy } from '../../protocol/exchange-policy.ts';
import { IssuerTrust } from '../../protocol/issuer-trust.ts';
import { ResourceDescription } from '../../protocol/resource.ts';

const time = (what: string) => z.iso.datetime().describe(what);
const scope = z.string().describe('Scopes, joined by spaces.');
const person = z.string().describe('The id of the person.');
const unreachable = z
  .array(z.string())
  .describe('Databases that did not answer: what belongs to them is missing from the list.');
const next = z.string().optional().describe('Where the next page begins: send it as "after". None behind the last.');

const standing = z
  .enum(['active', 'ended', 'expired', 'unused', 'cut off'])
  .describe('Whether it holds, or why it does not: "cut off" is by an end of all that its client or person had.');

export const Setting = z.strictObject({
  name: z.string(),
  value: z.union([z.string(), z.number(), z.boolean()]),
  default: z.union([z.string(), z.number(), z.boolean()]),
  help: z.string().describe('What it does.'),
});
export const SettingList = z.strictObject({ settings: z.array(Setting) });

export const Client = z.strictObject({
  client_id: z.string(),
  origin: z.enum(['registration', 'administrator', 'document']).describe('Who described it.'),
  metadata: z.record(z.string(), z.unknown()).describe('RFC 7591 section 2.'),
  trusted: z.boolean().describe('Consent is never asked for.'),
  roles: z.array(z.string()).describe('Only people with one of these roles may use it; none means everybody.'),
  allowed_origins: z.array(z.string()).describe('Origins whose pages may call this server as this client.'),
  refresh_grace_seconds: z.number().nullable(),
  acts_as: z.string().nullable().describe('The person that it acts as by client_credentials.'),
  exchange: ExchangePolicy.nullable().describe('What it may exchange tokens for (RFC 8693).'),
  created_at: time('When it was made.'),
  last_used_at: time('When it was used last, to the day.'),
  disabled: z.boolean(),
});
export const NewClient = z.strictObject({
  ...Client.shape,
  client_secret: z.string().optional().describe('Shown this once.'),
});
export const ClientList = z.strictObject({ clients: z.array(Client), next });
export const NewClientSecret = z.strictObject({
  client_id: z.string(),
  client_secret: z.string().describe('Shown this once.'),
  old_secret_good_until: time('How long the secret before it is good.').optional(),
});

export const Person = z.strictObject({
  id: person,
  email: z.string(),
  email_verified: z.boolean(),
  name: z.string(),
  given_name: z.string().nullable(),
  family_name: z.string().nullable(),
  picture: z.string().nullable(),
  roles: z.array(z.string()),
  has_password: z.boolean(),
  created_at: time('When the account was made.'),
  disabled: z.boolean(),
});
export const Invitation = z.strictObject({
  link: z.string().describe('Works once, for seven days.'),
  mailed: z.boolean().describe('Whether another such link was mailed to the person.'),
});
export const NewPerson = z.strictObject({ ...Person.shape, ...Invitation.shape });
export const PersonList = z.strictObject({ people: z.array(Person), next });
export const PersonWithApplications = z.strictObject({
  ...Person.shape,
  applications: z.array(
    z.strictObject({
      grant: z.string(),
      client_id: z.string(),
      scope,
      since: time('When the person agreed.'),
      last_used: time('When it was refreshed last.'),
    }),
  ),
  passkeys: z.array(
    z.strictObject({
      id: z.string(),
      name: z.string().describe('What the person calls it.'),
      synced: z.boolean().describe('Whether it may be copied between devices.'),
      created_at: time('When it was added.'),
      last_used_at: time('When it signed the person in last.').nullable(),
    }),
  ),
  shards_that_did_not_answer: unreachable,
});

export const Session = z.strictObject({
  id: z.string(),
  person,
  signed_in_at: time('When the person proved who they are.'),
  amr: z.array(z.string()).describe('How they did (RFC 8176).'),
  user_agent: z.string().nullable(),
  last_seen_at: time('When it was used last.'),
  expires_at: time('When it ends by itself.'),
  status: standing,
});
export const SessionList = z.strictObject({
  sessions: z.array(Session),
  next,
  shards_that_did_not_answer: unreachable,
});
export const EndedSessions = z.strictObject({ ended: z.number().int(), shards_that_did_not_answer: unreachable });

export const LogoutList = z.strictObject({
  deliveries: z.array(
    z.strictObject({
      session: z.string(),
      client_id: z.string(),
      person,
      attempts: z.number().int(),
      status: z.enum(['waiting', 'told', 'given up']),
      problem: z.string().nullable().describe('Why the last try failed.'),
      ended_at: time('When the session ended.'),
    }),
  ),
  shards_that_did_not_answer: unreachable,
});

export const Resource = z.strictObject({
  resource: z.string().describe('The identifier, in its canonical form.'),
  ...ResourceDescription.shape,
});
export const ResourceList = z.strictObject({ resources: z.array(Resource) });

export const Issuer = z.strictObject({ issuer: z.string(), ...IssuerTrust.shape });
export const IssuerList = z.strictObject({ issuers: z.array(Issuer) });
export const IssuerWithSubjects = z.strictObject({
  ...Issuer.shape,
  subjects: z.array(z.strictObject({ subject: z.string(), person })),
});
export const IssuerLink = z.strictObject({ issuer: z.string(), subject: z.string(), person });

export const InitialAccessToken = z.strictObject({
  id: z.string(),
  name: z.string(),
  uses_left: z.number(),
  expires_at: time('Until when it is good.'),
});
export const NewInitialAccessToken = z.strictObject({
  ...InitialAccessToken.shape,
  initial_access_token: z.string().describe('Shown this once.'),
});
export const InitialAccessTokenList = z.strictObject({ tokens: z.array(InitialAccessToken) });

export const Token = z.strictObject({
  id: z.string(),
  grant: z.string().nullable().describe('None where a client acts by itself.'),
  client_id: z.string(),
  person: person.nullable(),
  scope,
  resource: z.string(),
  issued_at: time('When it was issued.'),
  expires_at: time('When it ends by itself.'),
  status: z.enum(['active', 'expired', 'revoked']),
});
export const TokenList = z.strictObject({ tokens: z.array(Token), next, shards_that_did_not_answer: unreachable });

export const Grant = z.strictObject({
  id: z.string(),
  client_id: z.string(),
  person,
  scope,
  resources: z.array(z.string()),
  since: time('When the person agreed.'),
  last_used: time('When it was refreshed last.'),
  expires_at: time('When it ends by itself.'),
  status: standing,
});
export const GrantList = z.strictObject({ grants: z.array(Grant), next, shards_that_did_not_answer: unreachable });

export const ApiKeyPage = z.strictObject({ ...ApiKeyList.shape, next });

export const Device = z.strictObject({
  id: z.string(),
  client_id: z.string(),
  scope,
  status: z.enum(['pending', 'allowed', 'denied']),
  person: person.nullable(),
  expires_at: time('When its code ends.'),
});
export const DeviceList = z.strictObject({
  devices: z.array(Device),
  next,
  shards_that_did_not_answer: unreachable,
});

export const Code = z.strictObject({
  hash: z.string().describe('SHA-256 of the code: the code itself is nowhere.'),
  client_id: z.string(),
  person,
  scope,
  issued_at: time('When it was made.'),
  expires_at: time('When it ends by itself.'),
});
export const CodeList = z.strictObject({ codes: z.array(Code), next });

export const CountList = z.strictObject({
  counts: z
    .array(z.strictObject({ day: z.iso.date(), name: z.string().describe('What happened.'), count: z.number().int() }))
    .describe('By day (UTC), the earliest first; what never happened on a day is not there.'),
  shards_that_did_not_answer: unreachable,
});

export const EventList = z.strictObject({
  events: z.array(
    z.strictObject({
      at: time('When it happened.'),
      type: z.string().describe('What happened.'),
      subject: z.string().describe('To whom or what.'),
      actor: z.string().describe('Who did it.'),
      detail: z.record(z.string(), z.unknown()),
      request_id: z.string(),
    }),
  ),
  next,
  shards_that_did_not_answer: unreachable,
});

export const CutoffList = z.strictObject({
  pending: z.array(
    z.strictObject({
      subject: z.string().describe('What was taken away, or from whom.'),
      owing: z.array(z.string()).describe('Databases that do not know it yet.'),
      since: time('When it was taken away.'),
    }),
  ),
});
