/** The frame of the pages about one record: heading, actions and tabs before the content, the danger zone behind it. */
import type { Child } from 'hono/jsx';
import type { RecordValues } from '../records/field.ts';
import type { RecordDefinition } from '../records/record.ts';
import { Head } from './action-links.tsx';
import type { ConsoleUser } from './console-page.tsx';
import { changeLinks, nameOf, type RecordLink, recordAddress } from './record-parts.tsx';

type Props = {
  definition: RecordDefinition;
  record: RecordValues;
  here: ConsoleUser;
  say: { change: string; dangerZone: string; tabs: (name: string) => string };
  /** The path of the tab that is shown. */
  tab?: string;
  children?: Child;
};

export function RecordFrame({ definition, record, here, say, tab = '', children }: Props) {
  const links = here.mayChange ? changeLinks(definition, record, say.change) : [];
  const dangers = links.filter(({ danger }) => danger);
  return (
    <>
      <Head title={nameOf(record)} acts={links.filter(({ danger }) => !danger)} />
      {definition.warnings?.(record).map((text) => text !== false && <p class="warning">{text}</p>)}
      <Tabs definition={definition} record={record} current={tab} label={say.tabs(nameOf(record))} />
      {children}
      {tab === '' && dangers.length > 0 && <DangerZone title={say.dangerZone} links={dangers} />}
    </>
  );
}

type TabProps = { definition: RecordDefinition; record: RecordValues; current: string; label: string };

function Tabs({ definition, record, current, label }: TabProps) {
  const { tabs = [] } = definition.console;
  if (tabs.length === 0) return null;
  return (
    <nav class="tabs" aria-label={label}>
      <ul>
        {tabs.map((tab) => (
          <li>
            <a
              href={recordAddress(definition, record, tab.path)}
              aria-current={tab.path === current ? 'page' : undefined}
            >
              {tab.label}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** Actions that end or remove something, each with its effect. Each asks before it is done. */
function DangerZone({ title, links }: { title: string; links: readonly RecordLink[] }) {
  return (
    <section class="danger-zone" aria-labelledby="danger-zone">
      <h2 id="danger-zone">{title}</h2>
      <ul class="rows">
        {links.map(({ label, href, summary }) => (
          <li>
            <span>{summary}.</span>
            <a class="button danger" href={href}>
              {label}
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}
