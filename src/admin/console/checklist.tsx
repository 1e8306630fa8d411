/** The tasks before the server goes live: on the overview until they are done. */
import type { Deps } from '../../http/context.ts';
import { canDeliverMail } from '../../http/mail.ts';
import type { Texts } from '../../locales/index.ts';
import { countAdministrators } from '../../storage/users/administrators.ts';
import { listPasskeys } from '../../storage/users/passkeys.ts';
import type { User } from '../../storage/users/users.ts';

type Say = Texts['consoleOverview']['checklist'];

export type Task = { text: string; href: string; isDone: boolean };

export async function tasksOf(deps: Deps, { id }: User, say: Say): Promise<Task[]> {
  const [settings, administrators, passkeys] = await Promise.all([
    deps.settings(),
    countAdministrators(deps.databases, 2),
    listPasskeys(deps.databases, id),
  ]);
  return [
    { text: say.administrator, href: '/console/users/new', isDone: administrators > 1 },
    { text: say.passkey, href: '/account/passkeys/add', isDone: passkeys.length > 0 },
    { text: say.mail, href: '/console/settings/users', isDone: canDeliverMail(deps, settings) },
    {
      text: say.origins,
      href: '/console/settings/clients',
      isDone: !/^\s*\*\s*$/m.test(settings.allowed_public_client_origins),
    },
    // The server cannot see a backup: only that an administrator wrote down how they are arranged.
    { text: say.backups, href: '/console/settings/logs', isDone: settings.backup_note !== '' },
  ];
}

/** Nothing once everything is done. */
export function Checklist({ tasks, say }: { tasks: readonly Task[]; say: Say }) {
  if (tasks.every(({ isDone }) => isDone)) return null;
  return (
    <section class="panel">
      <h2>{say.title}</h2>
      <ul class="rows">
        {tasks.map(({ text, href, isDone }) => (
          <li>
            <span>
              <span class={isDone ? 'state good' : 'state'}>{isDone ? say.done : say.open}</span> {text}
            </span>
            {!isDone && <a href={href}>{say.go}</a>}
          </li>
        ))}
      </ul>
    </section>
  );
}
