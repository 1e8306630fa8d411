/** Ids of imported records: derived from the source and the name there, so that an import that runs again finds its own. */
import { sha256 } from '../../crypto/digest.ts';
import { derivedText, type TextGenerator } from '../../crypto/random.ts';
import {
  type ApiKeyId,
  type IdentityId,
  newApiKeyId,
  newIdentityId,
  newUserId,
  type UserId,
} from '../../protocol/credentials.ts';

/** Letters that are the same for the same record of the same source. */
const lettersOf = (kind: string, source: string, name: string): TextGenerator =>
  derivedText((round) => sha256(JSON.stringify([kind, source, name, round])));

export const importedUserId = (source: string, name: string): UserId => newUserId(lettersOf('user', source, name));

export const importedApiKeyId = (source: string, key: string): ApiKeyId =>
  newApiKeyId(lettersOf('api-key', source, key));

/** @param subject of the login, and the user whom it was linked to at the source. */
export const importedIdentityId = (source: string, subject: readonly [login: string, subject: string]): IdentityId =>
  newIdentityId(lettersOf('identity', source, JSON.stringify(subject)));
