/** users roles: the roles of a user, joined by commas; the other commands of users follow from their definition. */
import { UserChangesRequest } from '../../src/admin/records/user.ts';
import { type Command, idOf, validated } from './command.ts';

export const ROLE_COMMANDS: readonly Command[] = [
  {
    name: 'users roles',
    takes: ['e-mail', 'roles'],
    about: 'Sets the roles, joined by commas; "" removes all',
    request: ([, roles = '']) => validated(UserChangesRequest, { roles: roles.split(',').filter(Boolean) }),
    run: async (api, [email], request) => api('PATCH', `/users/${await idOf(api, email)}`, request),
    show: ({ email, roles }: { email: string; roles: string[] }) => `${email}: ${roles.join(', ') || 'no roles'}`,
  },
];
