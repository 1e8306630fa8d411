/** A bar for each day, drawn here: it needs no script, no style of its own and no colour to be read. */

export type Bar = { day: string; count: number };

const [WIDTH, HEIGHT] = [600, 100];

/** The words stand outside the picture, so that they are of the same size on a phone. */
export function DayChart({ title, bars }: { title: string; bars: readonly Bar[] }) {
  const highest = Math.max(1, ...bars.map(({ count }) => count));
  const step = WIDTH / Math.max(1, bars.length);
  // A day on which anything happened can be seen.
  const heightOf = (count: number) => (count === 0 ? 0 : Math.max(3, (HEIGHT * count) / highest));
  return (
    <figure class="chart">
      <svg role="img" aria-label={title} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none">
        {bars.map(({ day, count }, index) => (
          <rect
            x={(index * step + 1).toFixed(1)}
            y={(HEIGHT - heightOf(count)).toFixed(1)}
            width={(step - 2).toFixed(1)}
            height={heightOf(count).toFixed(1)}
          >
            <title>{`${day}: ${count}`}</title>
          </rect>
        ))}
      </svg>
      <figcaption>
        <span>{bars[0]?.day}</span>
        <span>{bars.at(-1)?.day}</span>
      </figcaption>
    </figure>
  );
}
