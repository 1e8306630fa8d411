/** Changing one's name, picture and language. */
export const profileTexts = {
  title: 'Profile',
  lead: 'Applications that you allow to see your name see this.',
  givenName: 'Given name',
  familyName: 'Family name',
  optional: 'You can leave this empty.',
  picture: 'Address of a picture',
  pictureHint: 'An https address. Applications load it from there; this server never does.',
  language: 'Language',
  languageHint: 'Of the pages here and of the mails to you.',
  browserLanguage: 'The language of the browser',
  submit: 'Save',
  problems: {
    notPlain: 'That has a character that a name cannot have.',
    tooLong: 'At most 200 characters, please.',
    picture: 'That is not an https address.',
  },
};
