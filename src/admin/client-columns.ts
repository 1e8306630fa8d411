/** The columns that hold what an administrator sets of a client, by the names of the fields. */
import type { ClientRow } from '../storage/clients/clients.ts';
import { ADMINISTERED, type AdministeredName } from './records/client.ts';

type Camel<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<Camel<Tail>>}`
  : Name;
export type AdministeredColumn = Camel<AdministeredName> & keyof ClientRow;

/** `allowed_origins` is the column `allowedOrigins`. */
export const columnOf = (name: string): AdministeredColumn =>
  name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()) as AdministeredColumn;

/** Fields that only an administrator sets of a client, by name. */
export const administeredOf = (client: Pick<ClientRow, AdministeredColumn>) =>
  Object.fromEntries(Object.keys(ADMINISTERED).map((name) => [name, client[columnOf(name)]])) as {
    [Name in AdministeredName]: ClientRow[Camel<Name> & keyof ClientRow];
  };
