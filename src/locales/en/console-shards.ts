/** The page of shards in the console, beside the definition of the record. */
export const consoleShards = {
  states: {
    inUse: 'In use',
    draining: 'Draining: no session begins there',
    empty: 'Empty: no credential of it is valid; remove it, then its binding may go',
    unbound: 'Not bound: what was issued there is answered 503 until it is bound again',
  },
};
