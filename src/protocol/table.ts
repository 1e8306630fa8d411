/** Tables by name: a name from a request is looked up before it is used as a key. */

/** @returns true for the name of an own member of the table. */
export const isKeyOf = <Table extends object>(table: Table, name: string): name is keyof Table & string =>
  Object.hasOwn(table, name);

/** @returns the names of a table, in its order. */
export const keysOf = <Table extends object>(table: Table) => Object.keys(table) as (keyof Table & string)[];
