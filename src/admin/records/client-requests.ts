/** The requests that create and change a client. */
import * as z from 'zod';
import { LANGUAGE_TAGGED_NAME } from '../../protocol/client-metadata-members.ts';
import { AdministeredShape } from './client.ts';
import { isMetadata, METADATA } from './client-metadata.ts';

/** Metadata stays as it was sent: `parseClientMetadata` validates it. */
const Metadata = z
  .looseObject(
    Object.fromEntries(
      Object.entries(METADATA).map(([name, { help }]) => [name, z.unknown().optional().describe(help)]),
    ),
  )
  .superRefine((metadata, context) => {
    const keys = Object.keys(metadata).filter((name) => !isMetadata(name) && !LANGUAGE_TAGGED_NAME.test(name));
    if (keys.length > 0) context.addIssue({ code: 'unrecognized_keys', keys, input: metadata });
  })
  .meta({ additionalProperties: false, patternProperties: { [LANGUAGE_TAGGED_NAME.source]: {} } });

/** Fields that only an administrator sets. */
const administered = z.object(AdministeredShape).partial().shape;

export const NewClientRequest = z.strictObject({ metadata: Metadata, ...administered });
export const ClientChangesRequest = z
  .strictObject({ metadata: Metadata.optional(), disabled: z.boolean().optional(), ...administered })
  .refine((changes) => Object.keys(changes).length > 0, { error: 'name at least one thing to change' });
