/// <reference lib="dom" />
import type uPlot from 'uplot';
import type { Chart, ChartFrame } from './charts.ts';

/**
 * Draws the charts of a page and lets its rows be searched. It runs in the browser, where it arrives as its own
 * text: nothing outside of it can be used, but what is handed in.
 */
export function draw(Plot: typeof uPlot, charts: readonly Chart[], frame: ChartFrame): void {
  const root = document.documentElement;
  const end = (frame.atS.at(-1) ?? 0) + frame.sliceS;
  let plots: uPlot[] = [];

  const clock = (seconds: number): string => {
    const whole = Math.round(seconds);
    const [h, m, s] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
    const two = (value: number) => String(value).padStart(2, '0');
    return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
  };
  const { labels } = frame;
  // some 7 pixels a character
  const labelWidth = 7 * Math.max(0, ...(labels ?? []).map(({ length }) => length));
  const placeText = (at: number): string =>
    labels ? (Number.isInteger(at) ? (labels[at] ?? '') : '') : clock(at);
  const figure = (value: number): string =>
    value.toLocaleString('en-US', { maximumFractionDigits: value < 10 ? 2 : value < 100 ? 1 : 0 });
  const timeText = (value: number): string =>
    value >= 60_000
      ? `${figure(value / 60_000)} min`
      : value >= 1000
        ? `${figure(value / 1000)} s`
        : `${figure(value)} ms`;

  /** Layers are drawn from the highest down, each over the one that reaches further. */
  const columnsOf = ({ kind, series, isLog }: Chart): (number | null)[][] => {
    if (kind === 'lines') {
      // a last point ends the last slice
      return series.map(({ values }) =>
        [...values, values.at(-1) ?? null].map((value) =>
          isLog && value !== null ? Math.max(0.5, value) : value,
        ),
      );
    }
    const total = frame.atS.map(() => 0);
    return series
      .map(({ values }) =>
        values.map((value, i) => {
          total[i] = (total[i] ?? 0) + (value ?? 0);
          return total[i] ?? 0;
        }),
      )
      .reverse();
  };

  const build = (chart: Chart, box: HTMLElement): uPlot => {
    const style = getComputedStyle(root);
    const colour = (name: string): string => style.getPropertyValue(`--${name}`).trim();
    const isStack = chart.kind === 'stack';
    const layers = isStack ? [...chart.series].reverse() : chart.series;
    const outputs = [...(box.parentElement?.querySelectorAll('output') ?? [])];
    const columns = columnsOf(chart);
    const axis = {
      stroke: colour('muted'),
      font: `12px ${style.fontFamily}`,
      grid: { stroke: colour('line'), width: 1 },
      ticks: { stroke: colour('line'), width: 1, size: 4 },
    };
    const height = box.clientWidth < 500 ? 190 : 240;
    const shade = (plot: uPlot): void => {
      const { ctx, bbox } = plot;
      ctx.save();
      ctx.fillStyle = colour('shade');
      frame.waits.forEach((share, i) => {
        const from = plot.valToPos(frame.atS[i] ?? 0, 'x', true);
        const to = plot.valToPos((frame.atS[i] ?? 0) + frame.sliceS * share, 'x', true);
        if (share > 0) ctx.fillRect(from, bbox.top, Math.max(1, to - from), bbox.height);
      });
      ctx.restore();
    };
    const mark = (plot: uPlot): void => {
      const { ctx, bbox } = plot;
      const scale = devicePixelRatio;
      ctx.save();
      ctx.strokeStyle = colour('ink');
      ctx.fillStyle = colour('ink');
      ctx.font = `${11 * scale}px ${style.fontFamily}`;
      ctx.setLineDash([3 * scale, 3 * scale]);
      for (const at of frame.resumes) {
        const x = Math.round(plot.valToPos(at, 'x', true));
        ctx.beginPath();
        ctx.moveTo(x, bbox.top);
        ctx.lineTo(x, bbox.top + bbox.height);
        ctx.stroke();
        const isLate = x > bbox.left + bbox.width * 0.75;
        ctx.textAlign = isLate ? 'right' : 'left';
        ctx.fillText('resumed', x + (isLate ? -4 : 4) * scale, bbox.top - 4 * scale);
      }
      ctx.restore();
    };
    const tell = (plot: uPlot): void => {
      const at = plot.cursor.idx;
      const place = at === null || at === undefined ? undefined : Math.min(at, frame.atS.length - 1);
      const [when, ...values] = outputs;
      if (when)
        when.textContent =
          place === undefined ? '' : `${labels ? '' : 'at '}${placeText(frame.atS[place] ?? 0)}`;
      chart.series.forEach((series, i) => {
        const output = values[i];
        const value = place === undefined ? undefined : series.values[place];
        if (output) {
          output.textContent =
            value === undefined || value === null ? '' : chart.isLog ? timeText(value) : figure(value);
        }
      });
    };
    const plot = new Plot(
      {
        width: Math.max(200, box.clientWidth),
        height,
        padding: [16, Math.max(24, labelWidth / 2), 0, 0],
        legend: { show: false },
        cursor: { y: false, drag: { x: false, y: false }, points: { show: !isStack } },
        scales: {
          x: { time: false, range: labels ? [-0.5, end - 0.5] : [0, end] },
          y: chart.isLog ? { distr: 3 } : { range: (_plot, _min, max) => [0, max > 0 ? max * 1.08 : 1] },
        },
        axes: [
          {
            ...axis,
            size: 32,
            incrs: [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400],
            space: labels ? labelWidth + 16 : 64,
            values: (_plot, splits) => splits.map(placeText),
          },
          {
            ...axis,
            size: 60,
            values: (_plot, splits) =>
              splits.map((value) => (value === null ? '' : chart.isLog ? timeText(value) : figure(value))),
          },
        ],
        series: [
          {},
          ...layers.map(({ label, colour: name, dashed }) => ({
            label,
            stroke: colour(name),
            width: isStack ? 0 : 1.5,
            ...(isStack ? { fill: colour(name) } : {}),
            ...(dashed ? { dash: [6, 4] } : {}),
            points: { show: false },
            paths: isStack
              ? Plot.paths.bars?.({
                  size: labels ? [0.8, 60] : [1, Number.POSITIVE_INFINITY],
                  align: labels ? 0 : 1,
                  gap: frame.atS.length > 120 ? 0 : 1,
                })
              : Plot.paths.stepped?.({ align: 1 }),
          })),
        ] as uPlot.Series[],
        hooks: { drawClear: [shade], draw: [mark], setCursor: [tell] },
      },
      [isStack ? frame.atS : [...frame.atS, end], ...columns] as uPlot.AlignedData,
      box,
    );
    return plot;
  };

  const technical = document.querySelector<HTMLDetailsElement>('details.technical');

  /** Charts of a closed part have no width. */
  const redraw = (): void => {
    for (const plot of plots) plot.destroy();
    plots = [];
    if (technical && !technical.open) return;
    plots = charts.flatMap((chart) => {
      const box = document.getElementById(`chart-${chart.id}`);
      return box ? [build(chart, box)] : [];
    });
  };

  /** Arrow keys move along a chart that has the focus. */
  const step = (event: KeyboardEvent, chart: Chart): void => {
    const plot = plots[charts.indexOf(chart)];
    const moves: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, Home: -1e9, End: 1e9 };
    const move = moves[event.key];
    if (!plot || move === undefined) return;
    event.preventDefault();
    const place = Math.max(0, Math.min(frame.atS.length - 1, (plot.cursor.idx ?? -1) + move));
    plot.setCursor({ left: plot.valToPos(frame.atS[place] ?? 0, 'x') + (labels ? 0 : 0.5), top: 10 });
  };

  for (const chart of charts) {
    document.getElementById(`chart-${chart.id}`)?.addEventListener('keydown', (event) => step(event, chart));
  }
  redraw();
  let width = root.clientWidth;
  addEventListener('resize', () => {
    if (width !== root.clientWidth) redraw();
    width = root.clientWidth;
  });
  technical?.addEventListener('toggle', redraw);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
  addEventListener('beforeprint', () => {
    root.classList.add('paper');
    if (technical) technical.open = true;
    for (const details of document.querySelectorAll('details')) {
      if (details.querySelectorAll('tr').length <= 60) details.open = true;
    }
    redraw();
  });
  addEventListener('afterprint', () => {
    root.classList.remove('paper');
    redraw();
  });

  const search = document.getElementById('search');
  const found = document.getElementById('found');
  const causes = [...document.querySelectorAll<HTMLDetailsElement>('details.cause')];
  search?.addEventListener('input', () => {
    const wanted = (search as HTMLInputElement).value.trim().toLowerCase();
    let shown = 0;
    for (const cause of causes) {
      const head = cause.querySelector('summary')?.textContent?.toLowerCase() ?? '';
      const isHead = wanted === '' || head.includes(wanted);
      let rows = 0;
      for (const row of cause.querySelectorAll('tbody tr')) {
        const isRow = isHead || (row.textContent ?? '').toLowerCase().includes(wanted);
        (row as HTMLElement).hidden = !isRow;
        if (isRow) rows += 1;
      }
      cause.hidden = !isHead && rows === 0;
      if (!cause.hidden) shown += 1;
      if (wanted !== '') cause.open = !isHead && rows > 0;
    }
    if (found) found.textContent = wanted === '' ? '' : `${shown} of ${causes.length} causes`;
  });
}
