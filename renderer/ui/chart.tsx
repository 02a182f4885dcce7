import 'uplot/dist/uPlot.min.css';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import uPlot from 'uplot';
import styles from './chart.module.css';

export interface ChartLine {
  readonly label: string;
  /** One value per time; null where there is none. */
  readonly values: readonly (number | null)[];
  /** A second line is drawn dashed, so that colour is not what tells them apart. */
  readonly dashed?: boolean;
}

/** `light-dark()` means nothing to a canvas: colours are resolved on an element of the page. */
function resolved(property: string, within: HTMLElement): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${property})`;
  within.append(probe);
  const color = getComputedStyle(probe).color;
  probe.remove();
  return color;
}

const timeOfDay = (seconds: number): string => new Date(seconds * 1000).toLocaleTimeString('en-GB');

/** The last time at which any line has a value. */
function newest(lines: readonly ChartLine[], count: number): number {
  for (let index = count - 1; index > 0; index -= 1)
    if (lines.some((line) => line.values[index] !== null && line.values[index] !== undefined)) return index;
  return count - 1;
}

/** Lines over the last minutes. The caption gives the latest values, or those under the pointer. */
export function Chart(props: {
  readonly label: string;
  /** Seconds since the epoch, ascending. */
  readonly times: readonly number[];
  /** The span to show, seconds; `end`, or else the newest time, is at its right end. */
  readonly seconds: number;
  /** Seconds since the epoch. */
  readonly end?: number;
  /** What is usual: a quiet band behind the lines. */
  readonly band?: { readonly low: number; readonly high: number } | null;
  /** How the time under the pointer is written; the time of day when absent. Seconds in. */
  readonly moment?: (seconds: number) => string;
  readonly lines: readonly ChartLine[];
  /** A dashed line, when there is a limit. */
  readonly limit?: number | null;
  readonly format: (value: number) => string;
  readonly height?: number;
}): ReactNode {
  const { times, lines, seconds, format } = props;
  const limit = props.limit ?? null;
  const height = props.height ?? 64;
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [at, setAt] = useState<number | null>(null);
  const [theme, setTheme] = useState(0);
  const shape = JSON.stringify([
    lines.map((line) => [line.label, line.dashed === true]),
    limit,
    height,
    props.band ?? null,
  ]);

  useEffect(() => {
    const again = (): void => setTheme((n) => n + 1);
    const media = matchMedia('(prefers-color-scheme: dark)');
    const observer = new MutationObserver(again);
    media.addEventListener('change', again);
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
    return () => {
      media.removeEventListener('change', again);
      observer.disconnect();
    };
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new theme needs new colours
  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    const [names, max, , band] = JSON.parse(shape) as [
      [string, boolean][],
      number | null,
      number,
      { low: number; high: number } | null,
    ];
    const stroke = resolved('--chart-line', element);
    const fill = resolved('--chart-area', element);
    const grid = resolved('--line', element);
    const bandFill = resolved('--fill-track', element);
    const limitStroke = resolved('--chart-limit', element);
    const made = new uPlot(
      {
        width: Math.max(80, element.clientWidth),
        height,
        padding: [4, 0, 0, 0],
        legend: { show: false },
        cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
        scales: {
          x: { time: true },
          y: { range: (_u, _low, high) => [0, Math.max(max ?? 0, high, Number.MIN_VALUE) * 1.05] },
        },
        axes: [
          { show: false },
          {
            show: true,
            size: 0,
            grid: { stroke: grid, width: 1 },
            ticks: { show: false },
            splits: (u) => [0, (u.scales['y']?.max ?? 0) / 2],
          },
        ],
        series: [
          {},
          ...names.map(
            ([label, dashed]): uPlot.Series => ({
              label,
              stroke,
              width: 1.25,
              points: { show: false },
              ...(dashed ? { dash: [3, 3] } : { fill }),
            }),
          ),
        ],
        hooks: {
          drawClear: [
            (u) => {
              if (band === null) return;
              const high = u.valToPos(band.high, 'y', true);
              u.ctx.save();
              u.ctx.fillStyle = bandFill;
              u.ctx.fillRect(u.bbox.left, high, u.bbox.width, u.valToPos(band.low, 'y', true) - high);
              u.ctx.restore();
            },
          ],
          setCursor: [(u) => setAt(u.cursor.idx ?? null)],
          draw: [
            (u) => {
              if (max === null) return;
              const y = Math.round(u.valToPos(max, 'y', true)) + 0.5;
              u.ctx.save();
              u.ctx.strokeStyle = limitStroke;
              u.ctx.setLineDash([4, 4]);
              u.ctx.beginPath();
              u.ctx.moveTo(u.bbox.left, y);
              u.ctx.lineTo(u.bbox.left + u.bbox.width, y);
              u.ctx.stroke();
              u.ctx.restore();
            },
          ],
        },
      },
      [[]],
      element,
    );
    plot.current = made;
    const observer = new ResizeObserver(() => {
      if (element.clientWidth > 0) made.setSize({ width: element.clientWidth, height });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [shape, height, theme]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a chart made anew needs its data again
  useEffect(() => {
    const made = plot.current;
    if (made === null) return;
    made.batch(() => {
      made.setData([[...times], ...lines.map((line) => [...line.values])] as uPlot.AlignedData, false);
      const end = props.end ?? times.at(-1) ?? Date.now() / 1000;
      made.setScale('x', { min: end - seconds, max: end });
    });
  }, [times, lines, seconds, props.end, shape, theme]);

  const index = at === null || at >= times.length ? newest(lines, times.length) : at;
  const moment = times[index];
  const values = lines.map((line) => {
    const value = line.values[index] ?? null;
    return `${lines.length > 1 ? `${line.label} ` : ''}${value === null ? '–' : format(value)}`;
  });
  return (
    <figure className={styles.chart}>
      <figcaption className={styles.caption}>
        <span>{props.label}</span>
        <span className="tn">
          {at !== null && moment !== undefined ? (
            <span className={styles.moment}>{(props.moment ?? timeOfDay)(moment)} </span>
          ) : null}
          {times.length === 0 ? '–' : values.join(', ')}
        </span>
      </figcaption>
      <div ref={host} className={styles.plot} style={{ height }} aria-hidden />
    </figure>
  );
}
