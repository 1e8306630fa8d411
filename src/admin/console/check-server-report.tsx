/** The report of a diagnosis on its page: the first broken step, each client, and every finding. */

import type { Texts } from '../../locales/index.ts';
import { DescriptionList } from '../../ui/components.tsx';
import { Table } from '../../ui/table.tsx';
import { type Finding, type Report, STEPS, untestedSteps } from '../doctor/report.ts';

export type Say = Texts['consoleCheckServer'];

export function CheckReport({ report, say }: { report: Report; say: Say }) {
  const { url, ok, first, findings, profiles } = report;
  const others = findings.filter((finding) => ok || finding !== first);
  const untested = untestedSteps(profiles);
  return (
    <section aria-labelledby="report">
      <h2 id="report">{ok ? say.connects(url) : say.fails(url)}</h2>
      {!ok && first && (
        <>
          <h3>{say.first}</h3>
          <OneFinding finding={first} say={say} />
        </>
      )}
      <Table
        caption={say.clients}
        columns={[say.column.client, say.column.result]}
        rows={profiles.map(({ name, brokenAt, optional }) => [
          name,
          brokenAt ? say.brokenAt(STEPS[brokenAt], optional) : say.ok,
        ])}
      />
      {others.length > 0 && <h3>{ok ? say.findings.all : say.findings.also}</h3>}
      {others.map((finding) => (
        <OneFinding finding={finding} say={say} />
      ))}
      {untested.length > 0 && (
        <>
          <h3>{say.untested}</h3>
          <p class="fine">{say.untestedHint}</p>
          <ul>
            {untested.map((line) => (
              <li>{line}</li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function OneFinding({ finding, say }: { finding: Finding; say: Say }) {
  const { severity, code, step, seen, fix, clause, profiles } = finding;
  return (
    <>
      <h4>
        {say.severity[severity]} <code>{code}</code>: {STEPS[step]}
      </h4>
      <DescriptionList
        facts={[
          [say.fact.seen, seen],
          [say.fact.fix, fix],
          [say.fact.clause, clause],
          [say.fact.clients, profiles.join(', ')],
        ]}
      />
    </>
  );
}
