/** The sidebar of the console: its sections, in groups. */
import type { Texts } from '../../locales/index.ts';
import type { NavigationGroup } from '../../ui/shell.tsx';

export type Section = keyof Texts['console']['sections'];

/** The first page of a section. */
export type SectionLink = { section: Section; href: string };

type Group = { heading?: keyof Texts['console']['groups']; sections: readonly Section[] };

const GROUPS: readonly Group[] = [
  { sections: ['overview', 'users'] },
  { heading: 'applications', sections: ['clients', 'initialTokens', 'connectedApps'] },
  { heading: 'signIn', sections: ['socialLogins', 'issuers', 'sessions'] },
  { heading: 'apis', sections: ['resources', 'apiKeys', 'checkServer'] },
  { heading: 'tokens', sections: ['grants', 'tokens', 'codes', 'devices'] },
  { heading: 'security', sections: ['keys', 'audit'] },
  { sections: ['settings', 'shards'] },
];

/** @param links the sections that the role may see. */
export function navigationGroups(
  links: readonly SectionLink[],
  current: Section,
  say: Texts['console'],
): readonly NavigationGroup[] {
  return GROUPS.map(({ heading, sections }) => ({
    label: heading && say.groups[heading],
    links: sections.flatMap((section) =>
      links
        .filter((link) => link.section === section)
        .map(({ href }) => ({ href, label: say.sections[section], current: section === current })),
    ),
  })).filter(({ links }) => links.length > 0);
}
