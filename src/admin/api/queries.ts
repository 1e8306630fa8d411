/** Descriptions of the query parameters of lists, as the API reference prints them. */

export const after = 'Where the page begins: "next" of the page before.';
export const ofClient = 'Only those of this client.';
export const ofUser = 'Only those of the user with this id.';

/** The ways through a list. */
export const sorted = (sorts: object, first: 'asc' | 'desc' = 'asc') => ({
  after,
  sort: `One of: ${Object.keys(sorts).join(', ')}. The first where none is named.`,
  order: `asc or desc; ${first} where none is named.`,
});
