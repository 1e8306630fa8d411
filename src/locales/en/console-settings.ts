/** The settings in the console. Labels, help and choices stand with each setting. */
export const consoleSettings = {
  title: 'Settings',
  lead: 'Values in bold differ from the default. A change takes effect here at once, and everywhere within 30 seconds.',
  caption: (group: string) => `${group}: each setting with its value and what it does`,
  setting: 'Setting',
  value: 'Value',
  what: 'What it does',
  follow: 'A change takes effect here at once, and everywhere within 30 seconds.',
  save: 'Save',
  saveGroup: (group: string) => `Save: ${group}`,
  find: 'Find a setting',
  findHint: 'Words of its name, label or description.',
  reset: (name: string, value: string) => `Reset ${name} to ${value}`,
  byDefault: (value: string) => `Default: ${value}.`,
  on: 'enabled',
  off: 'disabled',
  empty: 'not set',
};
