/** Recent problems of a client, a connected app or a social login, as its page shows them. */
import type { Context } from 'hono';
import type { Web } from '../../http/context.ts';
import type { Texts } from '../../locales/index.ts';
import { listProblems, type RecentProblem } from '../../storage/server/problem-records.ts';
import { MAX_PROBLEMS } from '../../storage/server/recent-problems.ts';
import { textsOf } from '../../ui/locale.ts';
import { Minute } from '../../ui/moment.tsx';
import { Table } from '../../ui/table.tsx';

type Props = {
  problems: readonly RecentProblem[];
  none: string;
  caption: string;
  say: Texts['console']['problems'];
};

/** The column of redirect URIs is there where one was sent. */
export function RecentProblems({ problems, none, caption, say }: Props) {
  const hasRedirects = problems.some(({ redirectUri }) => redirectUri !== '');
  return (
    <>
      <h2>{say.title}</h2>
      {problems.length === 0 ? (
        <p>{none}</p>
      ) : (
        <Table
          caption={caption}
          columns={[say.error, say.reason, ...(hasRedirects ? [say.redirectUri] : []), say.times, say.last]}
          rows={problems.map(({ error, reason, redirectUri, count, firstSeenAt, lastSeenAt }) => [
            <code>{error}</code>,
            reason,
            ...(hasRedirects ? [redirectUri === '' ? '' : <code>{redirectUri}</code>] : []),
            count === 1 ? count : say.since(count, <Minute time={firstSeenAt} />),
            <Minute time={lastSeenAt} />,
          ])}
        />
      )}
    </>
  );
}

/** Recent problems with the answers of a provider. @param subject a connected app or a social login. */
export async function problemsAtProvider(c: Context<Web>, subject: string) {
  const { databases, moment } = c.get('deps');
  const { problems: say } = textsOf(c, 'console');
  const problems = await listProblems(databases, subject, moment.now);
  return (
    <RecentProblems problems={problems} none={say.noneAtProvider} caption={say.atProvider(MAX_PROBLEMS)} say={say} />
  );
}
