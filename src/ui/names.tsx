/** Things by their names: with a link, a second line and a picture, and ids that are short and can be copied. */

/** Colours of the tiles; each has white text on it with enough contrast. */
const TONES = 6;

/** The first letter of a name, in a colour that stays the same, with a picture over it where there is one. */
export function Tile({ name, picture }: { name: string; picture?: string | undefined }) {
  const sum = [...name].reduce((total, letter) => total + (letter.codePointAt(0) ?? 0), 0);
  return (
    <span class={`initial tone-${sum % TONES}`} aria-hidden="true">
      <span>{[...name][0]?.toUpperCase()}</span>
      {picture !== undefined && <img src={picture} alt="" loading="lazy" width="32" height="32" />}
    </span>
  );
}

type NamedProps = {
  name: string;
  href?: string | undefined;
  /** A second line: an e-mail address, a host. */
  detail?: string | undefined;
  /** True where a tile stands before it. */
  tile?: boolean;
  picture?: string | undefined;
};

export function Named({ name, href, detail, tile = false, picture }: NamedProps) {
  return (
    <span class={tile ? 'named tiled' : 'named'}>
      {tile && <Tile name={name} picture={picture} />}
      <span>
        {href === undefined ? (
          name
        ) : (
          <a href={href} title={name}>
            {name}
          </a>
        )}
        {detail !== undefined && <small title={detail}>{detail}</small>}
      </span>
    </span>
  );
}

/** Longer ids are shown by their beginning and end. */
const SHORT = 16;

export const shortened = (id: string): string => (id.length > SHORT ? `${id.slice(0, 8)}…${id.slice(-4)}` : id);

/** An id by its beginning and end, whole in its title, with a button that copies it. */
export function ShortId({ id, say }: { id: string; say: { copy: string; copied: string } }) {
  return (
    <span class="id">
      <code title={id}>{shortened(id)}</code>
      <CopyButton text={id} say={say} />
    </span>
  );
}

/** A button that copies a text; a script makes it work. */
function CopyButton({ text, say }: { text: string; say: { copy: string; copied: string } }) {
  return (
    <button
      type="button"
      class="copy needs-script"
      data-copy={text}
      data-copied={say.copied}
      aria-label={`${say.copy}: ${text}`}
    >
      {say.copy}
    </button>
  );
}

type CopyFrom = { id: string; label: string; say: { copy: string; copied: string } };

/** A button that copies the text of the element with this id; a script makes it work. */
export function CopyFromButton({ id, label, say }: CopyFrom) {
  return (
    <button
      type="button"
      class="copy needs-script"
      data-copy-from={id}
      data-copied={say.copied}
      aria-label={`${say.copy}: ${label}`}
    >
      {say.copy}
    </button>
  );
}

/** A value on one line, whole, with a button that copies it. */
export function Copyable({ text, ...from }: CopyFrom & { text: string }) {
  return (
    <span class="whole id">
      <code id={from.id}>{text}</code>
      <CopyFromButton {...from} />
    </span>
  );
}

/** A state as a word in a colour; the word alone says it. */
export function State({ text, tone }: { text: string; tone?: 'good' | 'warn' | 'bad' | undefined }) {
  return <span class={tone === undefined ? 'state' : `state ${tone}`}>{text}</span>;
}
