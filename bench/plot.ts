/** A picture of figures: axes with units, a line with points for each series. */
export interface Plot {
  /** Name of the picture's file. */
  readonly file: string;
  readonly title: string;
  readonly x: Axis;
  /** Begins at 0. */
  readonly y: Axis;
  readonly series: readonly Series[];
}

export interface Axis {
  /** With its unit. */
  readonly label: string;
  /** `log`: each power of ten as far as the one before; values above 0. `linear` begins at 0. */
  readonly scale: 'linear' | 'log';
}

export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

const [WIDTH, HEIGHT] = [720, 420];
const AREA = { left: 72, right: 700, top: 44, bottom: 340 };
/** Told from one another by those who see no colours, too (Okabe and Ito). */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7'];
const TICKS = 6;

interface Scale {
  readonly ticks: readonly number[];
  /** 0 to 1. */
  readonly place: (value: number) => number;
}

export function plotSvg({ title, x, y, series }: Plot): string {
  const points = series.flatMap((one) => one.points);
  const across = scaleOf(
    x,
    points.map(([at]) => at),
  );
  const up = scaleOf(
    y,
    points.map(([, at]) => at),
  );
  const left = (value: number) => round(AREA.left + across.place(value) * (AREA.right - AREA.left));
  const top = (value: number) => round(AREA.bottom - up.place(value) * (AREA.bottom - AREA.top));
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" font-family="sans-serif" font-size="13" role="img">`,
    `<title>${escapeXml(title)}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    text((AREA.left + AREA.right) / 2, 24, title, 'text-anchor="middle" font-size="16"'),
    ...up.ticks.flatMap((tick) => [
      line([AREA.left, top(tick)], [AREA.right, top(tick)], '#dddddd'),
      text(AREA.left - 8, top(tick) + 4, short(tick), 'text-anchor="end"'),
    ]),
    ...across.ticks.flatMap((tick) => [
      line([left(tick), AREA.bottom], [left(tick), AREA.bottom + 5], '#000000'),
      text(left(tick), AREA.bottom + 20, short(tick), 'text-anchor="middle"'),
    ]),
    line([AREA.left, AREA.bottom], [AREA.right, AREA.bottom], '#000000'),
    line([AREA.left, AREA.top], [AREA.left, AREA.bottom], '#000000'),
    text((AREA.left + AREA.right) / 2, AREA.bottom + 42, x.label, 'text-anchor="middle"'),
    text(0, 0, y.label, `text-anchor="middle" transform="translate(18 ${(AREA.top + AREA.bottom) / 2}) rotate(-90)"`),
    ...series.flatMap(({ name, points: own }, index) => {
      const colour = COLOURS[index % COLOURS.length] ?? '';
      const at = AREA.left + index * 200;
      return [
        `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${own.map(([one, other]) => `${left(one)},${top(other)}`).join(' ')}"/>`,
        ...own.map(([one, other]) => dot(left(one), top(other), colour)),
        dot(at, HEIGHT - 16, colour),
        text(at + 10, HEIGHT - 12, name),
      ];
    }),
    '</svg>',
  ].join('\n')}\n`;
}

function scaleOf({ scale }: Axis, values: readonly number[]): Scale {
  if (scale === 'linear') {
    const step = roundStep(Math.max(...values, 0) / TICKS);
    const count = Math.max(Math.ceil(Math.max(...values, 0) / step), 1);
    const ticks = Array.from({ length: count + 1 }, (_, i) => Number((i * step).toPrecision(12)));
    return { ticks, place: (value) => value / (count * step) };
  }
  const [from, to] = [Math.floor(Math.log10(Math.min(...values))), Math.ceil(Math.log10(Math.max(...values)))];
  const powers = Math.max(to - from, 1);
  return {
    ticks: Array.from({ length: powers + 1 }, (_, i) => Number(`1e${from + i}`)),
    place: (value) => (Math.log10(value) - from) / powers,
  };
}

/** The least of 1, 2, 2.5 or 5 times a power of ten that is not less. */
function roundStep(atLeast: number): number {
  if (atLeast <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(atLeast));
  return power * ([1, 2, 2.5, 5].find((step) => step * power >= atLeast) ?? 10);
}

function short(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 6 });
}

function round(value: number): number {
  return Number(value.toFixed(1));
}

function line([x1, y1]: readonly [number, number], [x2, y2]: readonly [number, number], colour: string): string {
  return `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="${colour}"/>`;
}

function dot(x: number, y: number, colour: string): string {
  return `<circle cx="${x}" cy="${y}" r="3.5" fill="${colour}"/>`;
}

function text(x: number, y: number, content: string, attributes = ''): string {
  return `<text x="${x}" y="${y}"${attributes === '' ? '' : ` ${attributes}`}>${escapeXml(content)}</text>`;
}

function escapeXml(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
