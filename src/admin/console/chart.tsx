/** A bar for each day, drawn on the server, without a script and without a style of its own. */

export type Bar = { day: string; count: number };

const [WIDTH, HEIGHT] = [600, 100];

/** The labels of the axes are outside the SVG, so that their size is the same on a phone. */
export function DayChart({ title, bars, bad }: { title: string; bars: readonly Bar[]; bad: boolean }) {
  const top = roundUp(Math.max(1, ...bars.map(({ count }) => count)));
  const step = WIDTH / Math.max(1, bars.length);
  // A day with any count has a visible bar.
  const heightOf = (count: number) => (count === 0 ? 0 : Math.max(3, (HEIGHT * count) / top));
  return (
    <figure class={bad ? 'chart bad' : 'chart'}>
      <ol class="axis" aria-hidden="true">
        {[top, top / 2, 0].map((value) => (
          <li>{value.toLocaleString('en')}</li>
        ))}
      </ol>
      <svg role="img" aria-label={title} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none">
        {bars.map(({ day, count }, index) => (
          <g>
            <title>{`${day}: ${count}`}</title>
            <path class="day" d={`M${(index * step).toFixed(1)} 0h${step.toFixed(1)}v${HEIGHT}h-${step.toFixed(1)}z`} />
            <rect
              x={(index * step + 1).toFixed(1)}
              y={(HEIGHT - heightOf(count)).toFixed(1)}
              width={(step - 2).toFixed(1)}
              height={heightOf(count).toFixed(1)}
            />
          </g>
        ))}
      </svg>
      <figcaption>
        <span>{bars[0]?.day}</span>
        <span>{bars.at(-1)?.day}</span>
      </figcaption>
    </figure>
  );
}

/** The next even number of one digit and zeros: the end of an axis. */
function roundUp(value: number): number {
  const unit = 10 ** Math.floor(Math.log10(value));
  return Math.max(2, Math.ceil(value / unit / 2) * 2 * unit);
}
