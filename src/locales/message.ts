/** The sentences of errors in the language of a page: they arise in English, and are looked up where they are shown. */

/** By the English sentence. */
type Sentences = Readonly<Partial<Record<string, string>>>;

/** Longer sentences, which quote what others sent, stay as they are. */
const MAX_LENGTH = 600;

/** Varying parts that are sentences themselves. */
const MAX_DEPTH = 3;

type Template = { pattern: RegExp; translation: string };

const templates = new WeakMap<object, Template[]>();

function templatesOf(messages: Sentences): Template[] {
  const known = templates.get(messages) ?? Object.entries(messages).flatMap(templateOf);
  templates.set(messages, known);
  return known;
}

function templateOf([english, translation]: [string, string | undefined]): Template[] {
  if (translation === undefined || !english.includes('{1}')) return [];
  const source = english.replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&').replaceAll(/\{\d\}/g, '(.+?)');
  return [{ pattern: new RegExp(`^${source}$`, 's'), translation }];
}

/** @returns the sentence in the language of the texts; as it is where it has no translation. */
export function translateMessage(messages: Sentences, text: string, depth = 0): string {
  if (Object.hasOwn(messages, text)) return messages[text] ?? text;
  if (text.length > MAX_LENGTH || depth > MAX_DEPTH) return text;
  for (const { pattern, translation } of templatesOf(messages)) {
    const parts = pattern.exec(text);
    if (parts)
      return translation.replaceAll(/\{(\d)\}/g, (_, at) => translateMessage(messages, parts[at] ?? '', depth + 1));
  }
  return text;
}
