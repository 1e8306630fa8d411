/** The first page of the console. */
export const consoleOverview = {
  title: 'Overview',
};
