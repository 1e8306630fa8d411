/** URI schemes of redirect URIs other than http and https: forbidden ones, and those open to dynamic registration. */

/** RFC 3986 §3.1: a letter, then letters, digits, plus, minus and dot; schemes are case-insensitive. */
const SCHEME = /^[a-z][a-z0-9+.-]*$/i;

/** Schemes that nobody can register, by reason; an asterisk matches any ending. */
const FORBIDDEN: readonly (readonly [reason: string, schemes: string])[] = [
  ['it is not a private-use scheme', 'http https'],
  [
    'it executes script, or is a document of its own',
    'javascript vbscript livescript jscript mocha data mhtml mk its hcp jar',
  ],
  ['it reads files or memory of the device', 'file filesystem blob content cid mid res resource wyciwyg'],
  [
    'it is a page or extension of the browser itself',
    'about view-source chrome* devtools edge brave opera vivaldi moz-* safari-* web-extension extension',
  ],
  ['it opens another browser', 'microsoft-edge* googlechrome* firefox* opera-* touch-http* x-web-search'],
  [
    'it is a network protocol',
    'ws wss ftp ftps sftp tftp gopher telnet tn3270 rlogin ssh smb cifs nfs afp dav davs webdav webdavs ldap ldaps imap imaps pop nntp snews news irc ircs rtsp rtmp git svn rsync vnc rdp finger dict wais coap coaps mqtt amqp magnet feed webcal',
  ],
  [
    'it calls, writes a message, or opens a map',
    'mailto tel callto sms smsto mms mmsto sip sips facetime facetime-* skype xmpp geo maps',
  ],
  [
    'it starts a system handler',
    'intent android-app android-* ms-* search-ms search shell help applescript x-apple* x-man-page x-help* prefs app-prefs settings* windowsdefender jnlp jnlps apt snap appstream itms itms-* macappstore* market',
  ],
  ['it names something and opens nothing', 'urn tag info oid doi did acct ni nih uuid'],
  ['it is a host without http:// before it', 'localhost'],
];

const matches = (pattern: string, scheme: string): boolean =>
  pattern.endsWith('*') ? scheme.startsWith(pattern.slice(0, -1)) : scheme === pattern;

/** The reason why a scheme is forbidden, or undefined. */
export function forbiddenSchemeReason(scheme: string): string | undefined {
  const name = scheme.toLowerCase();
  const [reason] = FORBIDDEN.find(([, schemes]) => schemes.split(' ').some((pattern) => matches(pattern, name))) ?? [];
  return reason;
}

/** The scheme of a URI as written; undefined if it has none. */
export function schemeOf(uri: string): string | undefined {
  const [scheme = ''] = uri.split(':', 1);
  return scheme !== uri && SCHEME.test(scheme) ? scheme : undefined;
}

/**
 * RFC 8252 §7.1: a private-use scheme is a domain name in reverse order, so it has a dot. One without a dot is for
 * clients of administrators, unless it is allowed.
 * @param allowed the schemes without a dot that any client may register.
 */
export const isSelfRegistrableScheme = (scheme: string, allowed: readonly string[]): boolean =>
  scheme.includes('.') || allowed.includes(scheme.toLowerCase());

/** The schemes of a list, one per line. */
export const parseSchemes = (text: string): string[] =>
  text
    .toLowerCase()
    .split(/\s+/)
    .filter((line) => line !== '');

/** The error of an entry of the setting `private_use_schemes`; undefined for a valid one. */
export function schemeEntryProblem(text: string): string | undefined {
  const reason = SCHEME.test(text) ? forbiddenSchemeReason(text) : 'it must be a name alone, such as cursor';
  return reason && `cannot be allowed: ${reason}`;
}

/** The schemes of editors and assistants that are MCP clients. */
export const DEFAULT_PRIVATE_USE_SCHEMES = [
  'antigravity',
  'claude',
  'code-oss',
  'cursor',
  'goose',
  'jetbrains',
  'kiro',
  'lmstudio',
  'positron',
  'raycast',
  'trae',
  'vscode',
  'vscode-insiders',
  'vscodium',
  'warp',
  'windsurf',
  'zed',
];
