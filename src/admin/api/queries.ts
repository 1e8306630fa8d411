/** What the parameters of the lists mean, as the reference says it. */

export const after = 'Where the page begins: "next" of the page before.';
export const ofClient = 'Only those of this client.';
export const ofPerson = 'Only those of the person with this id.';

/** The ways through a list. */
export const sorted = (sorts: object, first: 'asc' | 'desc' = 'asc') => ({
  after,
  sort: `One of: ${Object.keys(sorts).join(', ')}. The first where none is named.`,
  order: `asc or desc; ${first} where none is named.`,
});
