/** grants revoke-all: the other commands of tokens and grants follow from their definitions. */
import { RevocationRequest } from '../../src/admin/request-schemas.ts';
import { type Command, userIdOf, validated } from './command.ts';
import { given, textIn, textOption } from './options.ts';

type Revocation = { client?: string; user?: string };

export const REVOCATION_COMMANDS: readonly Command[] = [
  {
    name: 'grants revoke-all',
    takes: [],
    about: 'Revokes all of a client, of a user, or of that user with that client; codes, too',
    options: [textOption('client', 'the client'), textOption('user', 'the user, by ID or e-mail address')],
    request: (_, values) =>
      validated(RevocationRequest, given({ client: textIn(values, 'client'), user: textIn(values, 'user') })),
    run: async (api, _, request) => {
      const { client, user } = request as Revocation;
      return api('POST', '/revocations', given({ client, user: user && (await userIdOf(api, user)) }));
    },
    show: () => 'Revoked.',
  },
];
