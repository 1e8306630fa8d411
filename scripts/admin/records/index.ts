/** The commands of a record, from its definition: list, show, create, change, put, its actions and further answers. */
import type { ActedOn, RecordDefinition } from '../../../src/admin/records/record.ts';
import { putBodyOf, settableIn } from '../../../src/admin/records/request.ts';
import type { Command } from '../command.ts';
import { actionCommand } from './act.ts';
import { listCommand, showCommand, viewCommand } from './read.ts';
import { createCommand, writeCommand } from './write.ts';

/** Every command of a record. */
export const recordCommands = (definition: RecordDefinition): readonly Command[] => [
  listCommand(definition),
  showCommand(definition),
  ...(definition.create ? [createCommand(definition, definition.create)] : []),
  ...(definition.change && settableIn('notInCommand', definition.fields, definition.change)
    ? [writeCommand(definition, 'change', definition.change)]
    : []),
  ...(definition.put ? [writeCommand(definition, 'put', putBodyOf(definition.put))] : []),
  ...actionCommands(definition),
];

/** The commands of actions and further answers. */
export const actionCommands = (definition: ActedOn): readonly Command[] => [
  ...Object.entries(definition.actions).flatMap(([name, action]) =>
    action.notInCommand === undefined ? [actionCommand(definition, name, action)] : [],
  ),
  ...Object.values(definition.views ?? {}).flatMap((view) => viewCommand(definition, view)),
];
