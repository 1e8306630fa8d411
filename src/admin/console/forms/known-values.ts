/** Values that exist already and that a form offers: scopes of this server and its resources, and roles in use. */
import type { Deps } from '../../../http/context.ts';
import { isApiKeyScope } from '../../../protocol/api-key.ts';
import { knownScopes } from '../../../protocol/configured-scopes.ts';
import { ADMINISTRATOR_ROLE, AUDITOR_ROLE } from '../../../protocol/scope.ts';
import { rolesInUse } from '../../../storage/users/roles-in-use.ts';
import type { Choice } from '../../../ui/choice-fields.tsx';
import type { KnownValues, RecordFields } from '../../records/field.ts';

/** With more boxes than this a form is slower to read than a field to type in. */
const MOST = 60;

export type OfferedValues = Partial<Record<KnownValues, readonly Choice[]>>;

type NamedScope = { name: string; description: string };

const asChoice = ({ name, description }: NamedScope): Choice => ({
  value: name,
  label: description === '' ? name : `${name}: ${description}`,
});

async function scopeChoices({ settings, registry }: Deps): Promise<Choice[]> {
  const [{ scopes_supported: lines }, resources] = await Promise.all([settings(), registry()]);
  const all: NamedScope[] = [...knownScopes(lines), ...[...resources.values()].flatMap(({ scopes }) => scopes)];
  return [...new Map(all.map((scope) => [scope.name, scope])).values()].map(asChoice);
}

async function keyScopeChoices({ settings }: Deps): Promise<Choice[]> {
  const { scopes_supported: lines } = await settings();
  return knownScopes(lines)
    .filter(({ name }) => isApiKeyScope(name))
    .map(asChoice);
}

async function roleChoices({ databases }: Deps): Promise<Choice[]> {
  const names = new Set([ADMINISTRATOR_ROLE, AUDITOR_ROLE, ...(await rolesInUse(databases))]);
  return [...names].map((value) => ({ value, label: value }));
}

const CHOICES_OF: Record<KnownValues, (deps: Deps) => Promise<Choice[]>> = {
  scopes: scopeChoices,
  keyScopes: keyScopeChoices,
  rolesInUse: roleChoices,
};

/** The values that these fields of a record offer. */
export async function offeredValues(
  deps: Deps,
  fields: RecordFields,
  names: readonly string[],
): Promise<OfferedValues> {
  const kinds = [...new Set(names.flatMap((name) => fields[name]?.known ?? []))];
  const found = await Promise.all(
    kinds.map(async (kind) => [kind, (await CHOICES_OF[kind](deps)).slice(0, MOST)] as const),
  );
  return Object.fromEntries(found);
}
